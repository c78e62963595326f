using MyData.Core.Data;

namespace MyData.Core.Recording;

/// <summary>Puts a row right, and keeps what was wrong, in one transaction: killed at any moment, both are there or neither.</summary>
internal sealed class RowRepairs(LedgerIncidents incidents, IWriter writer)
{
    /// <param name="work">changes the row, and says what it found</param>
    public async Task RunAsync(Found found, string table, Func<WriteScope, Incident> work, CancellationToken token)
    {
        var incident = await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                Incident? said = null;
                LedgerMends.Unguarded(
                    scope.Db,
                    table,
                    () =>
                    {
                        said = work(scope);
                        scope.Flush();
                    }
                );
                incidents.Add(scope, said!);
                return said!;
            },
            token
        );
        incidents.Say(incident);
        found.Add(incident);
    }
}
