using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Events;

namespace MyData.Core.Transfers;

/// <summary>
/// Who may fetch a package: the signed-in citizen whose it is, in the browser that made the key and the claim. The claim's
/// hash came with the consent, so no other browser can be first.
/// </summary>
public sealed class Claims(IDbContextFactory<MyDataDb> databases, IWriter writer, IReleaseGate gate)
{
    /// <summary>Refused claims of one consent that are written down.</summary>
    public const int MostRefusalsTold = 20;

    private readonly Func<MyDataDb, Guid, Guid, CancellationToken, Task<Transfer?>> _hers = EF.CompileAsyncQuery(
        (MyDataDb db, Guid id, Guid citizenId, CancellationToken _) =>
            db.Set<Transfer>().FirstOrDefault(t => t.Id == id && t.CitizenId == citizenId)
    );

    private readonly Func<MyDataDb, Guid, Transfer> _byId = EF.CompileQuery(
        (MyDataDb db, Guid id) => db.Set<Transfer>().Single(t => t.Id == id)
    );

    /// <summary>The transfer whose package may now be sent. The same claim may fetch again until it is done or runs out.</summary>
    /// <exception cref="TransferException">relay.not_ready or relay.claim_refused.</exception>
    /// <exception cref="Ledger.LedgerException"><see cref="Writing.Unavailable"/></exception>
    public async Task<Transfer> ClaimAsync(Guid citizenId, Guid transferId, string claim, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var transfer = await _hers(db, transferId, citizenId, token) ?? throw NotReady();
        if (!Matches(transfer, claim))
        {
            await writer.WriteAsync(scope => TellRefusal(scope, transfer), token);
            throw new TransferException(TransferCodes.ClaimRefused, "Another browser made the key of this package.");
        }
        if (transfer.State != TransferState.Ready)
            throw NotReady();
        if (transfer.ClaimedAt is null && !await MarkAsync(transfer, token))
            throw NotReady();
        await gate.PassAsync(token);
        return transfer;
    }

    /// <summary>A transfer of hers whose package her browser has fetched, whatever became of it since; null: none, or another's.</summary>
    public async Task<Transfer?> FindClaimedAsync(Guid citizenId, Guid transferId, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<Transfer>()
            .AsNoTracking()
            .FirstOrDefaultAsync(t => t.Id == transferId && t.CitizenId == citizenId && t.ClaimedAt != null, token);
    }

    /// <summary>
    /// Records that her browser refused the package that it opened. Told once for each transfer; the row stays as it is,
    /// because she may look again, and "done" or time ends it.
    /// </summary>
    public Task<bool> ReportAsync(
        Guid citizenId,
        Guid consentId,
        Guid transferId,
        string code,
        CancellationToken token
    ) =>
        writer.WriteAsync(
            scope =>
            {
                var transfer = scope
                    .Db.Set<Transfer>()
                    .FirstOrDefault(t => t.Id == transferId && t.CitizenId == citizenId && t.ConsentId == consentId);
                if (transfer?.ClaimedAt is null || transfer.Code is not null)
                    return false;
                transfer.Code = code;
                scope.Raise(TransferEnd.Happened(EventKinds.PackageRefused, "citizen", transfer, code));
                return true;
            },
            token
        );

    /// <summary>Whether a text has the form of a stable code: dotted lower-case words.</summary>
    public static bool IsCode(string text) =>
        text.Length is > 0 and <= 64
        && text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '_' or '-');

    public static string HashOf(string claim) => Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(claim)));

    // Every attempt is refused, the first ones are told: whoever goes on must not fill her history, nor the disk.
    private static void TellRefusal(WriteScope scope, Transfer transfer)
    {
        var told = scope
            .Db.Set<Event>()
            .Count(e => e.ConsentId == transfer.ConsentId && e.Kind == EventKinds.ClaimRefused);
        if (told < MostRefusalsTold)
            scope.Raise(TransferEnd.Happened(EventKinds.ClaimRefused, "citizen", transfer, TransferCodes.ClaimRefused));
    }

    /// <summary>The record stands before the first byte leaves.</summary>
    private Task<bool> MarkAsync(Transfer transfer, CancellationToken token) =>
        writer.WriteAsync(
            scope =>
            {
                var tracked = _byId(scope.Db, transfer.Id);
                if (tracked.State != TransferState.Ready)
                    return false;
                if (tracked.ClaimedAt is not null)
                    return true;
                tracked.ClaimedAt = scope.Now;
                scope.Raise(TransferEnd.Happened(EventKinds.TransferClaimed, "citizen", tracked));
                return true;
            },
            token
        );

    private static bool Matches(Transfer transfer, string claim) =>
        claim.Length is > 0 and <= 128
        && CryptographicOperations.FixedTimeEquals(
            Encoding.ASCII.GetBytes(HashOf(claim)),
            Encoding.ASCII.GetBytes(transfer.ClaimHash)
        );

    private static TransferException NotReady() => new(TransferCodes.NotReady, "There is no package to fetch here.");
}
