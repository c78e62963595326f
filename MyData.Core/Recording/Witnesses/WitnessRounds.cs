using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// Rounds: the newest signed checkpoint goes to all witnesses at once; when the policy has its quorum it counts, and what was signed
/// meanwhile is the next round. A witness that is late gets the round that runs then, so all cosign the same sizes.
/// </summary>
internal sealed partial class WitnessRounds(
    OpenLogs logs,
    LedgerNodes nodes,
    WitnessDelivery delivery,
    LedgerIncidents incidents,
    LedgerSettings settings,
    TimeProvider time,
    ILogger<WitnessRounds> log
) : BackgroundLoop, ILedgerQuorum
{
    /// <summary>Without anything new, a witness is asked to cosign again after this time: it shows that it is there.</summary>
    private static readonly TimeSpan Refresh = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<string, Round> _rounds = new(StringComparer.Ordinal);
    private TaskCompletionSource _advanced = NewSignal();

    /// <exception cref="LedgerException">
    /// <see cref="Writing.Unavailable"/>: at once where the witnesses that answer are too few, else after the limit
    /// </exception>
    public async Task WaitAsync(Checkpoint checkpoint, CancellationToken token)
    {
        using var limit = new CancellationTokenSource(settings.WitnessWait, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(token, limit.Token);
        try
        {
            while (true)
            {
                Task advanced;
                lock (_lock)
                    advanced = _advanced.Task;
                if (logs.Stopped is { } stopped)
                    throw new LedgerException(Writing.Unavailable, "The ledger was stopped.", stopped);
                if (IsProven(checkpoint))
                    return;
                if (!nodes.HasQuorum)
                    throw new LedgerException(Writing.Unavailable, "Too few witnesses answer.");
                await advanced.WaitAsync(either.Token);
            }
        }
        catch (OperationCanceledException late) when (!token.IsCancellationRequested)
        {
            throw new LedgerException(Writing.Unavailable, "Too few witnesses have answered in time.", late);
        }
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        if (nodes.Links.Count == 0)
            return;
        logs.Signed += OnSigned;
        try
        {
            foreach (var open in logs.All)
                OnSigned(open);
            await Task.WhenAll(nodes.Links.Select(link => AskAsync(link, stopping)));
        }
        finally
        {
            logs.Signed -= OnSigned;
        }
    }

    private async Task AskAsync(WitnessLink link, CancellationToken token)
    {
        var again = false;
        while (!token.IsCancellationRequested && logs.Stopped is null)
        {
            try
            {
                var (round, target) = Next(link, again);
                if (round is null)
                {
                    again = !await link.WaitAsync(Refresh, token);
                    continue;
                }
                again = true;
                var given = await delivery.BringAsync(link, round.Log, target!, token);
                again = false;
                Take(link, round, target!, given);
            }
            catch (OperationCanceledException) when (token.IsCancellationRequested)
            {
                return;
            }
            catch (Exception failure)
            {
                await FailedAsync(link, failure, token);
            }
        }
    }

    private bool IsProven(Checkpoint checkpoint) =>
        logs.All.FirstOrDefault(open => open.Origin == checkpoint.Origin)?.Proven is { } proven
        && proven.Checkpoint.Size >= checkpoint.Size;

    /// <summary>What this witness has not cosigned yet; once more the newest, where it must show itself.</summary>
    private (Round? Round, PublishedCheckpoint? Target) Next(WitnessLink link, bool again)
    {
        lock (_lock)
        {
            var round =
                _rounds.Values.FirstOrDefault(one => !one.Given.Contains(link.Name))
                ?? (again ? _rounds.Values.MaxBy(one => one.Log.Year) : null);
            return (round, round?.Target);
        }
    }

    private void OnSigned(OpenLog open)
    {
        if (open.Published is not { } published)
            return;
        lock (_lock)
        {
            var round = _rounds.GetOrAdd(open.Origin, _ => new Round(open, published));
            round.Log = open;
            if (round.Target == published || open.Policy.HasQuorum(round.Given))
                Begin(round, published);
        }
    }

    private void Begin(Round round, PublishedCheckpoint target)
    {
        round.Target = target;
        round.Note = target.Note;
        round.Given.Clear();
        foreach (var link in nodes.Links)
            link.Wake();
    }

    private void Take(WitnessLink link, Round round, PublishedCheckpoint target, NoteSignature given)
    {
        if (link.Error is not null)
            Answers(link.Name);
        lock (_lock)
        {
            link.Gave(target.Checkpoint, time.GetUtcNow());
            if (round.Target != target)
                Late(round.Log, target, given);
            else if (round.Given.Add(link.Name))
            {
                round.Note = round.Note.With([given]);
                if (round.Log.Policy.HasQuorum(round.Given))
                    Prove(round, target);
            }
        }
        Advance();
    }

    private void Prove(Round round, PublishedCheckpoint target)
    {
        var accepted = new PublishedCheckpoint(target.Checkpoint, round.Note);
        round.Log.Prove(accepted);
        nodes.Accepted(accepted);
        if (round.Log.Published is { } newest && newest.Checkpoint.Size > target.Checkpoint.Size)
            Begin(round, newest);
    }

    // One signature more than the policy asks for is worth having while the checkpoint is the newest.
    private static void Late(OpenLog open, PublishedCheckpoint target, NoteSignature given)
    {
        if (open.Proven is { } proven && proven.Checkpoint.Size == target.Checkpoint.Size)
            open.Prove(new PublishedCheckpoint(proven.Checkpoint, proven.Note.With([given])));
    }

    private async Task FailedAsync(WitnessLink link, Exception failure, CancellationToken token)
    {
        var now = time.GetUtcNow();
        if (link.Failed((failure as LedgerException)?.Code ?? "witness.answer", now))
            DoesNotAnswer(failure, link.Name);
        Advance();
        try
        {
            if (link.Error is { IsAlarmed: false } error && now - error.Since >= settings.WitnessSilent)
            {
                link.Alarmed();
                var since = FormattableString.Invariant($"No cosignature since {error.Since:O}.");
                await incidents.AddAsync(new Incident("witness.silent", since) { Witness = link.Name }, token);
            }
            await Task.Delay(settings.WitnessRetry, time, token);
        }
        catch (OperationCanceledException) when (token.IsCancellationRequested)
        {
            // Told to stop while waiting.
        }
    }

    private void Advance()
    {
        TaskCompletionSource before;
        lock (_lock)
            (before, _advanced) = (_advanced, NewSignal());
        before.SetResult();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A checkpoint of one log on its way to the witnesses.</summary>
    private sealed class Round(OpenLog open, PublishedCheckpoint target)
    {
        public OpenLog Log { get; set; } = open;

        public PublishedCheckpoint Target { get; set; } = target;

        /// <summary>With the cosignatures so far.</summary>
        public SignedNote Note { get; set; } = target.Note;

        public HashSet<string> Given { get; } = new(StringComparer.Ordinal);
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The witness {Witness} does not cosign; it is asked again")]
    private partial void DoesNotAnswer(Exception failure, string witness);

    [LoggerMessage(Level = LogLevel.Information, Message = "The witness {Witness} cosigns again")]
    private partial void Answers(string witness);
}
