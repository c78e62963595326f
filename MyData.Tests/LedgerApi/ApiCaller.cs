using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Tests.LedgerApi;

/// <summary>A calling system: makes records, signs them, and wraps them up for the ledger.</summary>
internal sealed class ApiCaller
{
    private readonly Func<byte[], byte[]> _sign;

    private ApiCaller(string name, CallerKey key, Func<byte[], byte[]> sign) => (Name, Key, _sign) = (name, key, sign);

    public string Name { get; }

    public CallerKey Key { get; }

    public static ApiCaller NewEd25519(string name)
    {
        var key = new Ed25519PrivateKey(Ed25519PrivateKey.NewSeed());
        return new(name, CallerKey.Of(key.PublicKey), message => key.Sign(message));
    }

    public static ApiCaller NewP256(string name)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new(
            name,
            CallerKey.Parse(key.ExportSubjectPublicKeyInfo()),
            message => key.SignData(message, HashAlgorithmName.SHA256)
        );
    }

    public async Task<ApiCaller> RegisterAsync(ClientKeys keys)
    {
        Assert.True(await keys.AddAsync(Name, Key, TestContext.Current.CancellationToken));
        return this;
    }

    /// <summary>Not yet signed.</summary>
    public LedgerRecord New(byte[]? salt = null, params string[] persons)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new()
        {
            Id = Guid.CreateVersion7(now),
            Time = now,
            From = "ris/household@3",
            To = Name,
            Via = Name,
            Kid = Key.Kid,
            Operation = "household.read",
            Reason = "act-12.3",
            Result = "ok",
            Fields = ["name", "address"],
            Persons = persons.Length,
            PersonsHash = salt is null ? null : SaltedHash.OfPersons(salt, persons),
        };
    }

    public LedgerRecord Signed(LedgerRecord record) =>
        record with
        {
            Signature = CallerSignature.Single(_sign(CallerSignature.Message(record.ToSignedBytes()))),
        };

    /// <summary>One signature over all of them.</summary>
    public IReadOnlyList<LedgerRecord> Signed(IReadOnlyList<LedgerRecord> records)
    {
        var leaves = records.Select(record => Merkle.LeafHash(record.ToSignedBytes())).ToList();
        var edge = TreeEdge.Empty.Append(MerkleProofs.Join(leaves));
        var signature = _sign(CallerSignature.BatchMessage(records.Count, edge.Root.Span));
        return
        [
            .. records.Select(
                (record, index) =>
                    record with
                    {
                        Signature = CallerSignature.Batch(signature, index, records.Count, Path(leaves, index)),
                    }
            ),
        ];
    }

    /// <summary>A signed record without persons, in its envelope.</summary>
    public string Envelope() => Envelope(Signed(New()));

    /// <summary>A signed record of these persons, in its envelope.</summary>
    public string EnvelopeOf(params string[] persons)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltedHash.SaltSize);
        return Envelope(Signed(New(salt, persons)), salt, persons);
    }

    public static string Envelope(LedgerRecord record, byte[]? salt = null, params string[] persons)
    {
        var beside = salt is null
            ? ""
            : $",\"persons\":{new JsonArray([.. persons.Select(p => JsonValue.Create(p))]).ToJsonString()},\"salt\":\"{Base64Url.EncodeToString(salt)}\"";
        return $$"""{"record":{{Encoding.UTF8.GetString(record.ToSentBytes())}}{{beside}}}""";
    }

    // RFC 9162 §2.1.3.1, as it is written there.
    private static byte[] Path(List<byte[]> leaves, int index)
    {
        if (leaves.Count == 1)
            return [];
        var half = 1;
        while (half * 2 < leaves.Count)
            half *= 2;
        var (left, right) = (leaves[..half], leaves[half..]);
        return index < half ? [.. Path(left, index), .. Root(right)] : [.. Path(right, index - half), .. Root(left)];
    }

    private static byte[] Root(List<byte[]> leaves) => TreeEdge.Empty.Append(MerkleProofs.Join(leaves)).Root.ToArray();
}
