using System.Collections.Concurrent;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>The logs that this process has opened, and which of them takes records now.</summary>
public sealed class OpenLogs(KeyFolder keys, LedgerSettings settings)
{
    private readonly ConcurrentDictionary<int, OpenLog> _byYear = new();
    private readonly Lazy<Ed25519PrivateKey> _key = new(() => new(keys.GetSecret(PlatformKeys.LedgerKeyName)));
    private volatile OpenLog? _current;
    private volatile OpenLog? _last;
    private volatile OpenLog? _previous;
    private volatile LedgerException? _stopped;
    private volatile LedgerException? _waiting;

    /// <summary>A log has a new signed checkpoint. Heard on the write queue's thread: no waiting, no failing.</summary>
    internal Action<OpenLog>? Signed { get; set; }

    /// <summary>Null before the first write, and while nothing can be written.</summary>
    public OpenLog? Current => _current;

    /// <summary>The log that took records before the turn of the year, where that was in this process: its last ones may be unproven.</summary>
    public OpenLog? Previous => _previous;

    public IEnumerable<OpenLog> All => _byYear.Values;

    /// <summary>Why nothing is recorded any more: a witness has shown that another tree was signed. Until the next start.</summary>
    public LedgerException? Stopped => _stopped;

    /// <summary>Why nothing is recorded yet: what the witnesses hold is not known, or not back (<see cref="LogRecovery"/>).</summary>
    public LedgerException? Waiting => _waiting;

    public OpenLog? Find(int year) => _byYear.GetValueOrDefault(year);

    public OpenLog? ById(int id) => _byYear.Values.FirstOrDefault(log => log.Id == id);

    internal NoteSigner NewSigner(int year) => Signer(settings.Origin(year));

    /// <summary>By the name that the log began with, whatever the settings say today.</summary>
    /// <exception cref="LedgerException"><c>ledger.key</c>: it began with another key</exception>
    internal NoteSigner Signer(LedgerLogRow row)
    {
        var signer = Signer(row.Origin);
        return signer.Verifier.ToString() == row.Key
            ? signer
            : throw new LedgerException("ledger.key", $"The log of {row.Year} is {row.Key}; the key here is another.");
    }

    /// <summary>A year that is over: to be read.</summary>
    internal void Keep(OpenLog log) => _byYear[log.Year] = log;

    internal void Take(OpenLog log)
    {
        if (_last is { } last && last.Year != log.Year)
            _previous = last;
        _last = log;
        _byYear[log.Year] = log;
        _current = log;
        Signed?.Invoke(log);
    }

    internal void Stop(LedgerException why)
    {
        _stopped = why;
        _current = null;
    }

    internal void Close() => _current = null;

    internal void Wait(LedgerException? why) => _waiting = why;

    private NoteSigner Signer(string origin) => new(origin, SignatureType.Ed25519, _key.Value);
}
