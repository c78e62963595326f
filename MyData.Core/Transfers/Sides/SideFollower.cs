using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;

namespace MyData.Core.Transfers;

/// <summary>
/// Keeps both ends of each transfer together, in the writes that tell of them: the platform's own when its events are raised, the other
/// end's when its record is stored. Either may be first.
/// </summary>
internal sealed class SideFollower(TransferSettings settings) : IEventFollower, ISentFollower
{
    private static readonly PerModel<Func<MyDataDb, Guid, TransferSide?>> ById = new(() =>
        EF.CompileQuery((MyDataDb db, Guid id) => db.Set<TransferSide>().FirstOrDefault(side => side.ReportId == id))
    );

    private readonly Func<MyDataDb, Guid, IEnumerable<TransferSide>> _ofTransfer = EF.CompileQuery(
        (MyDataDb db, Guid transfer) => db.Set<TransferSide>().Where(side => side.TransferId == transfer)
    );

    /// <summary>The provider is called: from now on it may report.</summary>
    public static void Expect(WriteScope scope, Transfer transfer, ExpectedSide expected)
    {
        var id = TransferReport.IdOf(transfer.Id, TransferReport.Sent, expected.Client);
        if (ById.For(scope.Db)(scope.Db, id) is not null)
            return;
        scope.Db.Add(
            new TransferSide
            {
                ReportId = id,
                TransferId = transfer.Id,
                CitizenId = transfer.CitizenId,
                ConsentId = transfer.ConsentId,
                Operation = TransferReport.Sent,
                Client = expected.Client,
                DataSetId = transfer.DataSetId,
                From = $"{transfer.ProviderId}/{transfer.DataSetId}@{transfer.SchemaVersion}",
                Fields = string.Join(' ', expected.Fields),
                Seals = expected.Seals,
                Reports = expected.Reports,
                CalledAt = scope.Now,
            }
        );
    }

    /// <summary>Of those transfers whose packages their providers sealed: the client id of each provider.</summary>
    public static IReadOnlyDictionary<Guid, string> SealersOf(WriteScope scope, IReadOnlyCollection<Guid> transfers)
    {
        var ids = transfers.Select(id => (Guid?)id).ToList();
        return scope
            .Db.Set<TransferSide>()
            .Where(side => ids.Contains(side.TransferId) && side.Operation == TransferReport.Sent)
            .Where(side => side.Seals && side.CalledAt != null)
            .Select(side => new { side.TransferId, side.Client })
            .ToDictionary(side => side.TransferId!.Value, side => side.Client);
    }

    public void Follow(WriteScope scope, Event happened)
    {
        if (ServiceSides.Kinds.Contains(happened.Kind))
            ServiceSides.Follow(scope, happened, settings);
        if (happened.TransferId is not { } transfer || ResultOf(happened) is not { } result)
            return;
        foreach (var side in _ofTransfer(scope.Db, transfer).ToList())
        {
            if (side.EndedAt is not null)
                continue;
            End(side, happened, result, settings);
            SideDifferences.Judge(side);
        }
    }

    public bool Follow(WriteScope scope, SentRecord sent)
    {
        if (!TransferReport.IsReport(sent.Record))
            return false;
        var side = ById.For(scope.Db)(scope.Db, sent.Record.Id);
        if (side is null)
            scope.Db.Add(side = Stranger(sent.Record));
        var hers =
            sent.Persons is []
            || side.CitizenId is not { } citizen
            || sent.Persons is [var named] && named == CitizenAccounts.PseudonymOf(scope.Db, citizen);
        Report(side, sent.Record, scope.Now, hers);
        SideDifferences.Judge(side);
        return true;
    }

    /// <summary>What the platform says of the end; null for what ends nothing.</summary>
    internal static string? ResultOf(Event happened) =>
        happened.Kind switch
        {
            EventKinds.TransferReady => "ok",
            EventKinds.TransferEmpty => TransferReport.Nothing,
            EventKinds.TransferFailed => happened.Code,
            _ => null,
        };

    internal static void End(TransferSide side, Event happened, string result, TransferSettings settings)
    {
        side.EndedAt = happened.At;
        side.DueAt = happened.At + settings.ReportDue;
        side.Result = result;
        side.Seal = SealOf(happened);
    }

    internal static void Report(TransferSide side, LedgerRecord report, DateTimeOffset at, bool hers)
    {
        side.ReportedAt = at;
        side.ReportedTime = report.Time;
        side.ReportedResult = report.Result;
        side.ReportedSeal = report.SealDigest is { } seal ? Convert.ToHexStringLower(seal) : null;
        side.Found = SideDifferences.Found(side, report, hers);
    }

    internal static TransferSide Stranger(LedgerRecord report) =>
        new()
        {
            ReportId = report.Id,
            Operation = report.Operation,
            Client = report.Via,
            From = report.From,
        };

    private static string? SealOf(Event happened)
    {
        if (happened.Details is null)
            return null;
        using var details = JsonDocument.Parse(happened.Details);
        return details.RootElement.TryGetProperty("seal", out var seal) ? seal.GetString() : null;
    }
}

/// <summary>Who is called, and what it will have to report of.</summary>
/// <param name="Client">the name under which it records</param>
/// <param name="Fields">codes of what is asked for</param>
/// <param name="Seals">it seals itself</param>
/// <param name="Reports">it has a key to report with</param>
public sealed record ExpectedSide(string Client, IReadOnlyList<string> Fields, bool Seals, bool Reports);
