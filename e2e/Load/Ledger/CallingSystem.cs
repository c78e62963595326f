using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using MyData.Core.Citizens;
using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Load.Ledger;

/// <summary>Another system of the city, with its own key: makes records of some 500 bytes about one person each, and signs them.</summary>
public sealed class CallingSystem : IDisposable
{
    private const int People = 1000;
    private readonly Ed25519PrivateKey _key = new(Ed25519PrivateKey.NewSeed());
    private readonly byte[] _salt = RandomNumberGenerator.GetBytes(SaltedHash.SaltSize);
    private int _made;

    public CallingSystem(string name)
    {
        Name = name;
        Key = CallerKey.Of(_key.PublicKey);
    }

    public string Name { get; }

    public CallerKey Key { get; }

    /// <summary>A record that nobody has signed, about nobody.</summary>
    public LedgerRecord Unsigned()
    {
        var now = TimeProvider.System.GetUtcNow();
        return new LedgerRecord
        {
            Id = Guid.CreateVersion7(now),
            Time = now,
            From = "ris.example/household@3",
            To = Name,
            Via = Name,
            Kid = Key.Kid,
            Operation = "household.read",
            Reason = "household-registration-act-65",
            Result = "ok",
            Identity = "staff-card/3",
            Fields = ["name", "birthdate", "address", "household_number"],
            RequestHash = SHA256.HashData(BitConverter.GetBytes(_made)),
            ResponseHash = SHA256.HashData(BitConverter.GetBytes(-_made)),
        };
    }

    /// <summary>The body of a request: a signed record and the person whom it names.</summary>
    public byte[] Envelope()
    {
        var person = PersonOf(_made++ % People);
        var record = Unsigned() with { Persons = 1, PersonsHash = SaltedHash.OfPersons(_salt, [person]) };
        var signature = _key.Sign(CallerSignature.Message(record.ToSignedBytes()));
        var text = Encoding.UTF8.GetString(
            (record with { Signature = CallerSignature.Single(signature) }).ToSentBytes()
        );
        return Encoding.UTF8.GetBytes(
            $$"""{"record":{{text}},"persons":["{{person}}"],"salt":"{{Base64Url.EncodeToString(_salt)}}"}"""
        );
    }

    public void Dispose() => _key.Dispose();

    private static string PersonOf(int number) => NationalId.Complete($"A1{number:0000000}").Value;
}
