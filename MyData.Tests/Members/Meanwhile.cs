using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;

namespace MyData.Tests.Members;

/// <summary>The portal's writer, before whose writes something else may happen, once.</summary>
internal sealed class Meanwhile(IWriter inner) : IWriter, IAsyncDisposable
{
    private Func<Task<bool>>? _before;

    /// <summary>Returns whether it has happened: else it is asked before the next write again.</summary>
    public Func<Task<bool>>? Before
    {
        set => _before = value;
    }

    public static void PutBefore(IServiceCollection services)
    {
        var own = services.Last(service => service.ServiceType == typeof(IWriter));
        services.AddSingleton<IWriter>(provider => new Meanwhile(
            (IWriter)ActivatorUtilities.CreateInstance(provider, own.ImplementationType!)
        ));
    }

    public async Task<T> WriteAsync<T>(Func<WriteScope, T> work, CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _before, null) is { } before && !await before())
            _before = before;
        return await inner.WriteAsync(work, cancellationToken);
    }

    public ValueTask DisposeAsync() =>
        inner is IAsyncDisposable disposable ? disposable.DisposeAsync() : ValueTask.CompletedTask;
}
