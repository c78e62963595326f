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

    /// <summary>Null before the first write, and while nothing can be written.</summary>
    public OpenLog? Current => _current;

    public IEnumerable<OpenLog> All => _byYear.Values;

    public OpenLog? Find(int year) => _byYear.GetValueOrDefault(year);

    public OpenLog? ById(int id) => _byYear.Values.FirstOrDefault(log => log.Id == id);

    internal NoteSigner Signer(int year) => new(settings.Origin(year), SignatureType.Ed25519, _key.Value);

    internal void Take(OpenLog log)
    {
        _byYear[log.Year] = log;
        _current = log;
    }

    internal void Close() => _current = null;
}
