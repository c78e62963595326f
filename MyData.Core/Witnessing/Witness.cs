using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>
/// A witness: keeps its own copy of each log that it knows, and cosigns what continues it (c2sp.org/tlog-witness). Its folder has its key
/// (<c>keys</c>), a folder for each log, and a lock: one process at a time.
/// </summary>
public sealed partial class Witness : IDisposable
{
    private const string KeyName = "witness.key";

    /// <summary>Between two bundles of 256 records at most.</summary>
    private static readonly TimeSpan LongPause = TimeSpan.FromMilliseconds(50);

    private readonly IReadOnlyList<KnownLog> _known;
    private readonly ConcurrentDictionary<string, WitnessCopy> _copies = new(StringComparer.Ordinal);
    private readonly Lock _opening = new();
    private readonly string _folder;
    private readonly FileStream _lock;
    private readonly Ed25519PrivateKey _key;
    private readonly NoteSigner _signer;
    private readonly WitnessPolicy? _policy;
    private readonly WitnessMemory _memory;
    private readonly WitnessIncidents _incidents;
    private readonly TimeSpan _scrub;
    private readonly TimeProvider _time;
    private readonly ILogger<Witness> _log;

    /// <exception cref="StartRefusedException">
    /// A setting is missing, another process has the folder, or a copy is not what it was when it was cosigned.
    /// </exception>
    public Witness(WitnessSettings settings, TimeProvider time, ILogger<Witness> log)
    {
        var problems = settings.Problems().ToList();
        if (problems.Count > 0)
            throw new StartRefusedException(problems);
        (_time, _log, _known) = (time, log, settings.KnownLogs());
        _folder = Path.GetFullPath(settings.Folder);
        var keys = new KeyFolder(
            settings.Keys.Length > 0 ? Path.GetFullPath(settings.Keys) : Path.Combine(_folder, "keys"),
            mayCreate: true
        );
        keys.Close();
        Directory.CreateDirectory(_folder);
        _lock = Lock(_folder);
        _key = new Ed25519PrivateKey(keys.Get(KeyName, Ed25519PrivateKey.NewSeed));
        _signer = new NoteSigner(settings.Name, SignatureType.Cosignature, _key);
        (_policy, _scrub, Compare) = (settings.OthersPolicy(), settings.Scrub, settings.Compare);
        _memory = new WitnessMemory(keys, _signer.Verifier, _policy);
        _incidents = new WitnessIncidents(_folder, log);
        try
        {
            foreach (var origin in Origins())
            {
                if (Known(origin) is (var key, var site))
                    _ = Copy(origin, key, site);
            }
        }
        catch (LedgerException damaged)
        {
            Dispose();
            throw new StartRefusedException([$"a copy is not whole ({damaged.Code}): {damaged.Message}"], damaged);
        }
    }

    /// <summary>Its name and public key, for the policies of those who believe it.</summary>
    public VerifierKey Key => _signer.Verifier;

    /// <summary>The logs of which it has something, by origin.</summary>
    public IEnumerable<(string Origin, long Size)> Logs =>
        _copies.Values.Select(copy => (copy.Origin, copy.Size)).OrderBy(log => log.Origin, StringComparer.Ordinal);

    /// <summary>A request before its entries are read.</summary>
    /// <exception cref="LedgerException">those of <see cref="Checkpoint.Parse"/>; <c>witness.damaged</c>, <c>witness.rollback</c></exception>
    public WitnessRequest Ask(AddCheckpoint add)
    {
        var next = Checkpoint.Parse(add.Checkpoint.Text.Span);
        if (Known(next.Origin) is not (var key, var site))
            return new WitnessRequest(WitnessAnswer.Refused(404, "witness.unknown_log"));
        // Before anything is made for it: a stranger could name a log for each year.
        return Unsigned(add.Checkpoint, key) is { } refusal
            ? new WitnessRequest(refusal)
            : new WitnessRequest(add, next, Copy(next.Origin, key, site));
    }

    /// <summary>A file of a copy, by <c>origin/path</c> as C2SP's static paths say; null where there is none.</summary>
    public async ValueTask<byte[]?> ReadAsync(string path, CancellationToken token)
    {
        foreach (var copy in _copies.Values)
        {
            if (path.StartsWith(copy.Origin + "/", StringComparison.Ordinal))
                return await copy.ReadAsync(path[(copy.Origin.Length + 1)..], token);
        }
        return null;
    }

    internal WitnessCopy? Find(string origin) => _copies.GetValueOrDefault(origin);

    /// <summary>The origin of a year's log beside the first one of the settings; null where that one's does not end in a year.</summary>
    internal string? OriginOf(int year) => _known[0].OriginOf(year);

    /// <summary>Writes tiles and cosigned checkpoints behind the answers.</summary>
    public async Task StoreAsync(CancellationToken token)
    {
        foreach (var copy in _copies.Values)
            await copy.StoreAsync(token);
    }

    /// <summary>Whether this may be a file of a copy that cannot be shown now: no answer is then better than none.</summary>
    public bool IsAway(string path) =>
        _copies.Values.Any(copy => copy.IsAway && path.StartsWith(copy.Origin + "/", StringComparison.Ordinal));

    /// <summary>Makes whole what is not, by what others hold, before it is signed upon. To be called again and again.</summary>
    /// <param name="http">for the logs' sites, and the other witnesses</param>
    public async Task TendAsync(HttpClient http, CancellationToken token)
    {
        foreach (var copy in _copies.Values.Where(copy => copy.Unsure is not null))
        {
            try
            {
                await new CopyCare(copy, _incidents, _time).ReassureAsync(Places(http), token);
            }
            catch (LedgerException damaged)
            {
                NotWhole(damaged, copy.Origin);
            }
        }
    }

    /// <summary>One round over every file of every copy.</summary>
    /// <param name="spread">in which it shall be done, where that is less than it takes anyway</param>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    public async Task ScrubAsync(HttpClient http, TimeSpan spread, CancellationToken token)
    {
        var bundles = Math.Max(_copies.Values.Sum(copy => copy.Size / Tile.FullWidth), 1);
        var pause = spread / bundles;
        foreach (var copy in _copies.Values)
            await new CopyCare(copy, _incidents, _time).ScrubAsync(
                Places(http),
                pause < LongPause ? pause : LongPause,
                token
            );
    }

    /// <summary>Once: whether the other witnesses cosigned the logs of these copies, and no others.</summary>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    public Task CompareAsync(HttpClient http, CancellationToken token) =>
        Task.WhenAll(
            _copies.Values.Select(copy => new PeerComparison(copy, _incidents, _time).RunAsync(Places(http), token))
        );

    /// <summary>How it is, for whoever watches the nodes. Public.</summary>
    public WitnessStatus Status()
    {
        var (free, total) = Disk();
        var copies = _copies.Values.OrderBy(copy => copy.Origin, StringComparer.Ordinal).ToList();
        return new WitnessStatus
        {
            Name = _signer.Verifier.Name,
            Version = typeof(Witness).Assembly.GetName().Version?.ToString(3) ?? "",
            At = _time.GetUtcNow(),
            DiskFree = free,
            DiskTotal = total,
            FsyncP50 = Longest(copies, 0.5),
            FsyncP99 = Longest(copies, 0.99),
            Logs = [.. copies.Select(WitnessLogStatus.Of)],
            Incidents = _incidents.Newest(WitnessStatus.MostIncidents),
        };
    }

    public void Dispose()
    {
        foreach (var copy in _copies.Values)
            copy.Dispose();
        _key.Dispose();
        _lock.Dispose();
    }

    /// <summary>In this time every file is looked at once.</summary>
    public TimeSpan Scrub => _scrub;

    /// <summary>So often the others are asked.</summary>
    public TimeSpan Compare { get; }

    private WitnessPlaces Places(HttpClient http) => new(_policy, _signer.Verifier, http);

    private static double? Longest(IEnumerable<WitnessCopy> copies, double part) =>
        copies.Max(copy => copy.Fsyncs.Within(part)?.TotalMilliseconds);

    private (long Free, long Total) Disk()
    {
        try
        {
            var disk = new DriveInfo(_folder);
            return (disk.AvailableFreeSpace, disk.TotalSize);
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (0, 0);
        }
    }

    private (VerifierKey Key, Uri? Site)? Known(string origin)
    {
        var year = _time.GetUtcNow().Year;
        return _known.Select(log => log.For(origin, year)).FirstOrDefault(found => found is not null);
    }

    private static WitnessAnswer? Unsigned(SignedNote note, VerifierKey key)
    {
        try
        {
            return note.SignedBy(key).Count == 0 ? WitnessAnswer.Refused(403, "note.unsigned") : null;
        }
        catch (LedgerException wrong)
        {
            return WitnessAnswer.Refused(403, wrong.Code);
        }
    }

    private WitnessCopy Copy(string origin, VerifierKey key, Uri? site)
    {
        if (_copies.TryGetValue(origin, out var copy))
            return copy;
        lock (_opening)
        {
            if (_copies.TryGetValue(origin, out copy))
                return copy;
            copy = new WitnessCopy(FolderOf(origin), key, site, _signer, _memory, _time, _log);
            copy.Open();
            return _copies[origin] = copy;
        }
    }

    /// <summary>Those of the settings, and of each year that has a folder.</summary>
    private IEnumerable<string> Origins()
    {
        var logs = Path.Combine(_folder, "logs");
        var there = Directory.Exists(logs)
            ? Directory.EnumerateDirectories(logs).Select(folder => Uri.UnescapeDataString(Path.GetFileName(folder)))
            : [];
        return _known.Select(log => log.Origin).Union(there, StringComparer.Ordinal).ToList();
    }

    private string FolderOf(string origin) => Path.Combine(_folder, "logs", Uri.EscapeDataString(origin));

    private static FileStream Lock(string folder)
    {
        try
        {
            return new FileStream(
                Path.Combine(folder, "witness.lock"),
                FileMode.OpenOrCreate,
                FileAccess.ReadWrite,
                FileShare.None
            );
        }
        catch (IOException taken)
        {
            throw new StartRefusedException([$"Witness:Folder: another process has '{folder}'."], taken);
        }
    }

    [LoggerMessage(
        Level = LogLevel.Critical,
        Message = "{Origin}: the copy could not be made whole; nothing is cosigned"
    )]
    private partial void NotWhole(Exception failure, string origin);
}
