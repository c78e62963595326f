namespace MyData.Core.Data;

/// <summary>
/// The only way to change the database. The delegate is one transaction: its changes and its events are durable when the
/// task completes, or none of them is. No waiting, I/O or cryptography inside.
/// </summary>
public interface IWriter
{
    /// <summary>Runs <paramref name="work"/> as one transaction.</summary>
    /// <exception cref="InvalidOperationException">The delegate changed rows, and raised no event.</exception>
    Task<T> WriteAsync<T>(Func<WriteScope, T> work, CancellationToken cancellationToken = default);
}

public static class WriterExtensions
{
    /// <inheritdoc cref="IWriter.WriteAsync{T}"/>
    public static Task WriteAsync(this IWriter writer, Action<WriteScope> work, CancellationToken token = default) =>
        writer.WriteAsync(
            scope =>
            {
                work(scope);
                return true;
            },
            token
        );
}
