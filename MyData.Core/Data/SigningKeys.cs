using System.Text;
using MyData.Core.Encryption;

namespace MyData.Core.Data;

/// <summary>
/// The platform's ES256 signing keys, one file each in the key folder. A new key is published a week before it signs, so
/// that every provider has fetched it by then; an old one stays published, because receipts outlive it.
/// </summary>
public sealed class SigningKeys(KeyFolder folder, TimeProvider time)
{
    /// <summary>How long a key signs.</summary>
    public static readonly TimeSpan SigningPeriod = TimeSpan.FromDays(90);

    /// <summary>How long a key is published before it signs.</summary>
    public static readonly TimeSpan Announcement = TimeSpan.FromDays(7);

    internal const string FilePattern = "signing-*.jwk";

    private readonly Lock _gate = new();
    private volatile IReadOnlyList<Entry> _keys = [];

    /// <summary>Every public key, newest first.</summary>
    public IReadOnlyList<Jwk> Published => [.. Keys().Select(entry => entry.Key.PublicOnly())];

    /// <summary>A JWS (RFC 7515) by the key that signs now, with its <c>kid</c>.</summary>
    public string Sign(ReadOnlySpan<byte> payload, string typ) => Jws.Sign(Current(), JoseNames.Es256, payload, typ);

    /// <summary>Makes and announces the next key when the present one nears its end. True when it did.</summary>
    public bool RollIfDue()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            if (Keys()[0].NotBefore > now - SigningPeriod + Announcement)
                return false;
            var next = Make(now + Announcement);
            folder.Add(next.Name, next.Bytes);
            _keys = Load();
            return true;
        }
    }

    private Jwk Current()
    {
        var now = time.GetUtcNow();
        var keys = Keys();
        // A clock that was set back must not leave the platform without a key: then the oldest signs.
        return (keys.FirstOrDefault(entry => entry.NotBefore <= now) ?? keys[^1]).Key;
    }

    private IReadOnlyList<Entry> Keys()
    {
        if (_keys.Count > 0)
            return _keys;
        lock (_gate)
        {
            if (_keys.Count == 0)
                _keys = Load();
            return _keys;
        }
    }

    private IReadOnlyList<Entry> Load()
    {
        var names = folder.Names(FilePattern).ToList();
        if (names.Count == 0)
        {
            var first = Make(time.GetUtcNow());
            folder.Get(first.Name, () => first.Bytes);
            names.Add(first.Name);
        }
        return
        [
            .. names
                .Select(name => new Entry(
                    DateTimeOffset.FromUnixTimeSeconds(long.Parse(name["signing-".Length..^".jwk".Length], null)),
                    Jwk.Parse(Encoding.UTF8.GetString(folder.Get(name, () => [])))
                ))
                .OrderByDescending(entry => entry.NotBefore),
        ];
    }

    private static (string Name, byte[] Bytes) Make(DateTimeOffset notBefore)
    {
        var key = Jwk.GenerateEc(use: "sig");
        var json = key.WithKid(key.Thumbprint()[..16]).ToJson();
        return ($"signing-{notBefore.ToUnixTimeSeconds()}.jwk", Encoding.UTF8.GetBytes(json));
    }

    private sealed record Entry(DateTimeOffset NotBefore, Jwk Key);
}
