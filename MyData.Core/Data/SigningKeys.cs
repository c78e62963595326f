using System.Text;
using MyData.Core.Encryption;

namespace MyData.Core.Data;

/// <summary>
/// The platform's ES256 signing keys, one file each in the key folder. A new key is published a week before it signs, so
/// that every provider has fetched it by then; an old one stays published with the time in which it signed, because
/// receipts outlive it, and its private half is thrown away.
/// </summary>
public sealed class SigningKeys(KeyFolder folder, TimeProvider time)
{
    /// <summary>How long a key signs.</summary>
    public static readonly TimeSpan SigningPeriod = TimeSpan.FromDays(90);

    /// <summary>How long a key is published before it signs.</summary>
    public static readonly TimeSpan Announcement = TimeSpan.FromDays(7);

    /// <summary>
    /// How long after its time a key keeps its private half: the life of the longest token, and what a clock may be set back.
    /// </summary>
    public static readonly TimeSpan Grace = TimeSpan.FromHours(2);

    // The next key is made this much sooner than its announcement needs, so that the published end of this one holds.
    private static readonly TimeSpan Early = TimeSpan.FromDays(1);

    internal const string FilePattern = "signing-*.jwk";

    private readonly Lock _gate = new();
    private volatile IReadOnlyList<Entry> _keys = [];

    /// <summary>Every public key with its time (<c>nbf</c>, <c>exp</c>), newest first.</summary>
    public IReadOnlyList<Jwk> Published
    {
        get
        {
            var keys = Keys();
            return [.. keys.Select((entry, at) => entry.Key.PublicOnly().WithPeriod(entry.NotBefore, End(keys, at)))];
        }
    }

    /// <summary>A JWS (RFC 7515) by the key that signs now, with its <c>kid</c>.</summary>
    public string Sign(ReadOnlySpan<byte> payload, string typ) => Sign(payload, typ, time.GetUtcNow());

    /// <summary>The same for a content that says when it was issued, which is just now: by the key of that very moment.</summary>
    public string Sign(ReadOnlySpan<byte> payload, string typ, DateTimeOffset at) =>
        Jws.Sign(KeyOf(at), JoseNames.Es256, payload, typ);

    /// <summary>Makes and announces the next key when the present one nears its end. True when it did.</summary>
    public bool RollIfDue()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var last = Keys()[0].NotBefore;
            if (last > now - SigningPeriod + Announcement + Early)
                return false;
            var (planned, announced) = (last + SigningPeriod, now + Announcement);
            var next = Make(announced > planned ? announced : planned);
            folder.Add(next.Name, next.Bytes);
            _keys = Load();
            return true;
        }
    }

    /// <summary>
    /// Leaves only the public half of those on disk that signed before the present one, <see cref="Grace"/> after their time.
    /// A crash leaves a key as it was or retired, and the next call goes on.
    /// </summary>
    /// <returns>The <c>kid</c> of each that it retired.</returns>
    public IReadOnlyList<string> RetireOld()
    {
        lock (_gate)
        {
            var over = time.GetUtcNow() - Grace;
            var keys = Keys();
            // Those after the first that has begun, and holds what it signs with, long enough ago.
            var old = keys.SkipWhile(entry => entry.NotBefore > over || !entry.Key.IsPrivate)
                .Skip(1)
                .Where(entry => entry.Key.IsPrivate)
                .ToList();
            if (old.Count == 0)
                return [];
            foreach (var entry in old)
                folder.Replace(Name(entry.NotBefore), Bytes(entry.Key.PublicOnly()));
            _keys = Load();
            return [.. old.Select(entry => entry.Key.Kid!)];
        }
    }

    private Jwk KeyOf(DateTimeOffset at)
    {
        var able = Keys().Where(entry => entry.Key.IsPrivate).ToList();
        // A clock that was set back must not leave the platform without a key: then the oldest signs.
        var entry = able.FirstOrDefault(entry => entry.NotBefore <= at) ?? able.LastOrDefault();
        return entry?.Key ?? throw new InvalidOperationException("No signing key has its private half.");
    }

    /// <summary>When the next key takes over; planned where there is none yet, and unknown where the plan has failed.</summary>
    private DateTimeOffset? End(IReadOnlyList<Entry> keys, int at)
    {
        if (at > 0)
            return keys[at - 1].NotBefore;
        var planned = keys[at].NotBefore + SigningPeriod;
        return planned > time.GetUtcNow() ? planned : null;
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
        return (Name(notBefore), Bytes(key.WithKid(key.Thumbprint()[..16])));
    }

    private static string Name(DateTimeOffset notBefore) => $"signing-{notBefore.ToUnixTimeSeconds()}.jwk";

    private static byte[] Bytes(Jwk key) => Encoding.UTF8.GetBytes(key.ToJson());

    private sealed record Entry(DateTimeOffset NotBefore, Jwk Key);
}
