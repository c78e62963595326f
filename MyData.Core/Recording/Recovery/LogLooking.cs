using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>Asks every witness, and the portal's own files, for the newest checkpoint of each log, and compares with the rows.</summary>
internal sealed class LogLooking(
    OpenLogs logs,
    LogOpening opening,
    LedgerNodes nodes,
    WitnessHttp http,
    IDbContextFactory<MyDataDb> databases,
    TimeProvider time
)
{
    /// <summary>One for each year that the database knows, and for each after it until now.</summary>
    /// <exception cref="LedgerException"><c>ledger.key</c></exception>
    public async Task<IReadOnlyList<LogLook>> LookAsync(CancellationToken token)
    {
        var looks = new List<LogLook>();
        await using var db = await databases.CreateDbContextAsync(token);
        var known = await db.Set<LedgerLogRow>().OrderBy(row => row.Year).ToListAsync(token);
        var now = time.GetUtcNow().Year;
        var first = known is [.., var last] ? last.Year + 1 : now;
        foreach (var row in known)
            looks.Add(await LookAsync(db, row.Year, logs.Signer(row), row, token));
        for (var year = first; year <= now; year++)
            looks.Add(await LookAsync(db, year, logs.NewSigner(year), null, token));
        return looks;
    }

    /// <summary>
    /// Whether those that answered are so many that every checkpoint with a quorum is known to one of them: the others alone could not have
    /// made one.
    /// </summary>
    public bool HeardEnough(LogLook look)
    {
        var silent = look.Places.Where(place => !place.Heard).Select(place => place.Name).ToHashSet();
        return nodes.Policy.Quorum == WitnessPolicy.NoQuorum || !nodes.Policy.HasQuorum(silent);
    }

    private async Task<LogLook> LookAsync(
        MyDataDb db,
        int year,
        NoteSigner signer,
        LedgerLogRow? row,
        CancellationToken token
    )
    {
        var newest = row is null
            ? null
            : await db.Set<LedgerCheckpointRow>()
                .Where(c => c.Log == row.Id)
                .OrderByDescending(c => c.Size)
                .FirstOrDefaultAsync(token);
        var own = new LogSource(LogRecovery.Own, new LogFolder(opening.FolderOf(year)));
        var asked = nodes.Links.Select(link => http.CopyOf(link, signer.Verifier.Name)).Prepend(own);
        var places = await Task.WhenAll(asked.Select(source => LookAsync(source, signer.Verifier, token)));
        return new LogLook(year, signer, row, newest?.Size ?? 0, newest?.Root, places);
    }

    private static async Task<PlaceLook> LookAsync(LogSource source, VerifierKey key, CancellationToken token)
    {
        try
        {
            var bytes = await source.Files.ReadAsync(ILogReader.Checkpoint, token);
            return new PlaceLook(source, Heard: true, bytes is null ? null : Signed(bytes, key));
        }
        catch (Exception failure)
            when (failure is HttpRequestException or IOException or UnauthorizedAccessException
                || (failure is OperationCanceledException && !token.IsCancellationRequested)
            )
        {
            return new PlaceLook(source, Heard: false, null);
        }
    }

    // Without our own signature it is nobody's word about our log.
    private static PublishedCheckpoint? Signed(byte[] bytes, VerifierKey key)
    {
        try
        {
            var note = SignedNote.Parse(bytes);
            var checkpoint = Checkpoint.Parse(note.Text.Span);
            return checkpoint.Origin == key.Name && note.SignedBy(key).Count > 0
                ? new PublishedCheckpoint(checkpoint, note)
                : null;
        }
        catch (LedgerException)
        {
            return null;
        }
    }
}
