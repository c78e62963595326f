using Microsoft.Extensions.Logging;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// Before anything is signed: a database that lacks records which were signed and witnessed (an older backup, a stale standby) gets them
/// back, every one checked against the root that our own key signed (ledger.md, "Faults"). While too few witnesses have answered to know,
/// nothing is recorded, and they are asked again.
/// </summary>
internal sealed partial class LogRecovery(
    OpenLogs logs,
    LogLooking looking,
    LostRecords lost,
    RestoredAccounts accounts,
    RestoredConsents consents,
    LedgerIncidents incidents,
    LedgerScrub scrub,
    IWriter writer,
    LedgerSettings settings,
    TimeProvider time,
    ILogger<LogRecovery> log
) : BackgroundLoop
{
    /// <summary>The portal's own files, among the places where records are read.</summary>
    public const string Own = "self";

    private static readonly LedgerException Unheard = new(
        "ledger.unheard",
        "Too few witnesses answer to know whether this database has everything that they cosigned."
    );

    /// <summary>Before the first write. Waits a while for the witnesses; where they stay silent the portal opens without its log.</summary>
    /// <exception cref="LedgerException"><c>ledger.rollback</c>: records are missing and not to be had, or not to be brought back here</exception>
    public async Task PrepareAsync()
    {
        var start = time.GetTimestamp();
        logs.Wait(Unheard);
        while (!await TryAsync(CancellationToken.None))
        {
            if (TimeProvider.System.GetElapsedTime(start) >= settings.WitnessStart)
            {
                NotHeard(Unheard);
                return;
            }
            await Task.Delay(settings.WitnessRetry, TimeProvider.System);
        }
    }

    /// <summary>What is missing and who has it; nothing is changed.</summary>
    public async Task<IReadOnlyList<RecoveryReport>> ReportAsync(CancellationToken token)
    {
        var reports = new List<RecoveryReport>();
        foreach (var look in await looking.LookAsync(token))
        {
            LedgerException? problem = looking.HeardEnough(look) ? null : Unheard;
            try
            {
                if (look.Ahead is not null)
                    _ = await lost.FindAsync(look, token);
            }
            catch (LedgerException refused)
            {
                problem = refused;
            }
            var ahead = look.Ahead;
            reports.Add(
                new RecoveryReport(
                    look.Year,
                    look.Signer.Verifier.Name,
                    look.Size,
                    ahead?.Shown!.Checkpoint.Size ?? look.Size,
                    ahead?.Name,
                    problem
                )
                {
                    Places =
                    [
                        .. look.Places.Select(place =>
                            (place.Name, place.Heard ? place.Shown?.Checkpoint.Size ?? 0 : -1)
                        ),
                    ],
                }
            );
        }
        return reports;
    }

    /// <summary>
    /// The rows are not what was signed: those of the largest tree that somebody shows are put right by it, where it is to be had. Nothing is
    /// recorded meanwhile.
    /// </summary>
    /// <returns>whether something was put right, so that opening is worth another try</returns>
    public async Task<bool> MendAsync(LedgerException cause, CancellationToken token)
    {
        // Another machine's database took over, and lacks what was witnessed.
        if (cause.Code == "ledger.rollback")
        {
            logs.Wait(cause);
            return await TryAsync(token);
        }
        if (cause.Code is not ("ledger.entry" or "ledger.size" or "ledger.root"))
            return false;
        logs.Wait(cause);
        try
        {
            var count = 0;
            foreach (var look in await looking.LookAsync(token))
            {
                var shown = look
                    .Places.Where(place => place.Shown?.Checkpoint.Size <= look.Size)
                    .MaxBy(place => place.Shown!.Checkpoint.Size);
                if (look.Row is not { } row || shown is null)
                    continue;
                if (await RootedLog.FindAsync(shown.Shown!.Checkpoint, look.Sources, token) is not { } tree)
                    continue;
                var mended = await scrub.MendAsync(new CaredLog(row.Id, row.Year, look.Signer.Verifier, tree), token);
                count += mended.All.Count(one => one.Code == LedgerIncidents.Healed);
            }
            return count > 0;
        }
        finally
        {
            logs.Wait(null);
        }
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        while (logs.Stopped is null)
        {
            await Task.Delay(settings.WitnessRetry, time, stopping);
            if (logs.Waiting is null && logs.Current is not null)
                continue;
            try
            {
                if (logs.Waiting is null || await TryAsync(stopping))
                    await OpenAsync(stopping);
            }
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                Failed(failure);
            }
        }
    }

    /// <summary>With an empty write, as after any failure; once more where the rows could be mended.</summary>
    public async Task OpenAsync(CancellationToken token)
    {
        try
        {
            await writer.WriteAsync(scope => scope.Bookkeeping(), token);
        }
        catch (LedgerException refused) when (refused is { Code: Writing.Unavailable, InnerException: LedgerException })
        {
            if (!await MendAsync((LedgerException)refused.InnerException, token))
                throw;
            await writer.WriteAsync(scope => scope.Bookkeeping(), token);
        }
    }

    /// <returns>whether the database has everything now</returns>
    private async Task<bool> TryAsync(CancellationToken token)
    {
        var looks = await looking.LookAsync(token);
        if (!looks.All(looking.HeardEnough))
            return false;
        foreach (var look in looks.Where(look => look.Ahead is not null))
            await BringAsync(look, token);
        logs.Wait(null);
        if (await incidents.LastRecoveryAsync(token) is { } at)
        {
            if (await accounts.IsNeededAsync(at, token))
                await accounts.EndAsync(at, token);
            await consents.EndAsync(token);
        }
        return true;
    }

    private async Task BringAsync(LogLook look, CancellationToken token)
    {
        var shown = look.Ahead!.Shown!.Checkpoint.Size;
        RootedLog tree;
        try
        {
            tree = await lost.FindAsync(look, token);
        }
        catch (LedgerException fork) when (fork.Code == "ledger.fork")
        {
            // Two trees with our signature: the witnesses' rounds show both notes, and stop.
            Forked(fork, look.Year);
            return;
        }
        if (!settings.Recovers)
            throw new LedgerException(
                "ledger.rollback",
                $"{shown} records were signed, and the database has {look.Size}: 'ledger recover' brings them back from {look.Ahead.Name}."
            );
        Bringing(look.Year, look.Size, shown, look.Ahead.Name);
        await lost.BringAsync(look, tree, token);
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "Nothing is recorded until more witnesses have answered")]
    private partial void NotHeard(Exception why);

    [LoggerMessage(Level = LogLevel.Error, Message = "What the witnesses hold was not found out; they are asked again")]
    private partial void Failed(Exception failure);

    [LoggerMessage(Level = LogLevel.Critical, Message = "The log of {Year} is another than the one that was witnessed")]
    private partial void Forked(Exception failure, int year);

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "The log of {Year} has {Here} records here, and {Signed} were signed: those that are missing come back from {Witness}"
    )]
    private partial void Bringing(int year, long here, long signed, string witness);
}
