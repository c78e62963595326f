using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Recording;

/// <summary>
/// A node joins or leaves by a recorded change (ledger.md, "Shape"): where witnesses, their keys, the quorum or the nodes are others than those
/// recorded last, the start records them, once. The event keeps the text, its record the text's digest.
/// </summary>
public sealed partial class PolicyHistory(
    LedgerNodes nodes,
    NodeDatabases nodeDatabases,
    IWriter writer,
    IDbContextFactory<MyDataDb> databases,
    TimeProvider time,
    ILogger<PolicyHistory> log
) : BackgroundLoop
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);
    private volatile IReadOnlyList<PolicyVersion> _all = [];

    /// <summary>What each change changed, newest first.</summary>
    public IReadOnlyList<PolicyChange> Changes =>
        [
            .. _all.Zip(_all.Prepend(PolicyVersion.Nothing), (now, before) => PolicyChange.Between(before, now))
                .Reverse(),
        ];

    /// <summary>The text of a version; null where none has this digest.</summary>
    public string? Find(string digest) => _all.FirstOrDefault(one => one.Digest == digest)?.Text;

    /// <summary>Records what is in force, where something else was recorded last.</summary>
    /// <exception cref="Ledger.LedgerException"><c>ledger.unavailable</c>: nothing can be recorded now</exception>
    public async Task RecordAsync(CancellationToken token)
    {
        var text = PolicyVersion.TextOf(nodes.Policy, await nodeDatabases.NamesAsync(token));
        await writer.WriteAsync(scope => Record(scope, text), token);
        await using var db = await databases.CreateDbContextAsync(token);
        _all = Read(db);
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        for (var tries = 0; ; tries++)
            try
            {
                await RecordAsync(stopping);
                return;
            }
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                // Such as while the witnesses have not said what they hold: that is told elsewhere.
                if (tries == 0)
                    NotRecorded(failure);
                await Task.Delay(Again, time, stopping);
            }
    }

    // Compared in the write: whoever else starts, or starts again, finds what this one left.
    private static void Record(WriteScope scope, string text)
    {
        var last = Read(scope.Db) is [.., var newest] ? newest : PolicyVersion.Nothing;
        if (last.Text == text)
        {
            scope.Bookkeeping();
            return;
        }
        var version = new PolicyVersion(scope.Now, text);
        scope.Raise(
            new Event
            {
                Kind = EventKinds.PolicyChanged,
                Actor = "platform",
                Details = JsonSerializer.Serialize(new { seal = version.Digest, policy = version.Text }),
            }
        );
    }

    // Of the events those about nobody alone, which an index knows.
    private static IReadOnlyList<PolicyVersion> Read(MyDataDb db) =>
        [
            .. db.Set<Event>()
                .Where(one => one.CitizenId == null && one.Kind == EventKinds.PolicyChanged)
                .OrderBy(one => one.Id)
                .Select(one => new { one.At, one.Details })
                .AsEnumerable()
                .Select(one => new PolicyVersion(one.At, TextIn(one.Details!))),
        ];

    private static string TextIn(string details)
    {
        using var json = JsonDocument.Parse(details);
        return json.RootElement.GetProperty("policy").GetString()!;
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "The ledger's policy is not recorded yet; it is tried again each second"
    )]
    private partial void NotRecorded(Exception failure);
}
