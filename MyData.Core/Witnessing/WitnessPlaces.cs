using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>A log's copy at another witness.</summary>
/// <param name="Name">in the policy</param>
internal sealed record PeerCopy(string Name, VerifierKey Key, ILogReader Files);

/// <summary>
/// Where else a log's records are: its own site, and the other witnesses of the policy. Nothing that they give is trusted; what is said with
/// a quorum, or with this witness's own signature, is remembered for it.
/// </summary>
/// <param name="policy">the other witnesses, with their addresses; null where the settings name none</param>
/// <param name="http">with its limits set</param>
public sealed class WitnessPlaces(WitnessPolicy? policy, VerifierKey own, HttpClient http)
{
    private const string Site = "site";

    /// <summary>Whether anybody could tell a witness what it has forgotten.</summary>
    public bool HasPeers => Peers.Any();

    private IEnumerable<PolicyMember> Peers =>
        policy?.Witnesses.Where(one => one.Url is not null && one.Key!.ToString() != own.ToString()) ?? [];

    /// <summary>The log's site first.</summary>
    internal IReadOnlyList<LogSource> Of(string origin, Uri? site) =>
        [
            .. site is null ? (IEnumerable<LogSource>)[] : [new LogSource(Site, new LogSite(http, site))],
            .. Peers.Select(peer => new LogSource(peer.Name, new LogSite(http, Below(peer.Url!, origin)))),
        ];

    internal IEnumerable<PeerCopy> PeersOf(string origin) =>
        Peers.Select(peer => new PeerCopy(peer.Name, peer.Key!, new LogSite(http, Below(peer.Url!, origin))));

    /// <summary>What a peer cosigned last, by the log's signature and its own; null where it says nothing of the kind in time.</summary>
    internal static async Task<SignedNote?> CosignedAsync(
        PeerCopy peer,
        VerifierKey log,
        TimeSpan within,
        CancellationToken token
    )
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(within);
        try
        {
            if (await peer.Files.ReadAsync(ILogReader.Checkpoint, limit.Token) is not { } bytes)
                return null;
            var note = SignedNote.Parse(bytes);
            var isTheirs = note.SignedBy(log).Count > 0 && note.SignedBy(peer.Key).Count > 0;
            return isTheirs && Checkpoint.Parse(note.Text.Span).Origin == log.Name ? note : null;
        }
        catch (Exception failure)
            when (failure is HttpRequestException or LedgerException
                || (failure is OperationCanceledException && !token.IsCancellationRequested)
            )
        {
            return null;
        }
    }

    /// <summary>
    /// What the others know that this witness may have cosigned: of each the newest checkpoint that the log signed and that carries a
    /// signature of its own, of this witness, or a quorum. Null while too few answer: those that are silent, with this one, could have made
    /// a checkpoint that nobody else knows.
    /// </summary>
    internal async Task<IReadOnlyList<SignedNote>?> RememberAsync(VerifierKey log, Uri? site, CancellationToken token)
    {
        var silent = Peers.Where(peer => peer.Key is not null).ToDictionary(peer => peer.Name);
        var notes = new List<SignedNote>();
        foreach (var source in Of(log.Name, site))
        {
            byte[]? bytes;
            try
            {
                bytes = await source.Files.ReadAsync(ILogReader.Checkpoint, token);
            }
            catch (Exception failure)
                when (failure is HttpRequestException
                    || (failure is OperationCanceledException && !token.IsCancellationRequested)
                )
            {
                continue;
            }
            silent.Remove(source.Name, out var peer);
            if (bytes is not null && Said(bytes, log, peer?.Key) is { } note)
                notes.Add(note);
        }
        return policy is null || !policy.HasQuorum(Names(silent.Keys)) ? notes : null;
    }

    private HashSet<string> Names(IEnumerable<string> silent) =>
        [.. silent, .. policy!.Witnesses.Where(one => one.Key!.ToString() == own.ToString()).Select(one => one.Name)];

    private SignedNote? Said(byte[] bytes, VerifierKey log, VerifierKey? peer)
    {
        try
        {
            var note = SignedNote.Parse(bytes);
            if (Checkpoint.Parse(note.Text.Span).Origin != log.Name || note.SignedBy(log).Count == 0)
                return null;
            var known =
                note.SignedBy(own).Count > 0
                || (peer is not null && note.SignedBy(peer).Count > 0)
                || (policy is not null && policy.HasQuorum(policy.Cosigners(note).Select(one => one.Name).ToHashSet()));
            return known ? note : null;
        }
        catch (LedgerException)
        {
            return null;
        }
    }

    private static Uri Below(string prefix, string path) => new($"{prefix.TrimEnd('/')}/{path}");
}
