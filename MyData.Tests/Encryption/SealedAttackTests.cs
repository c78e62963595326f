using System.Text;
using System.Text.Json.Nodes;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

/// <summary>Sealed packages that are changed on the way: the recipient and the relay refuse each by the same code.</summary>
public sealed class SealedAttackTests
{
    private static readonly Jwk Citizen = Jwk.GenerateEc("citizen-1");
    private static readonly Jwk Second = Jwk.GenerateEc("citizen-2");
    private static readonly byte[] Package = SealedPackage.Seal(
        Samples.Bytes(1000),
        Samples.Request(Citizen, Second),
        out _
    );
    private static readonly string Text = Encoding.ASCII.GetString(Package);

    /// <summary>Wrong in its shape: to be seen without a key.</summary>
    public static TheoryData<string, string, string> Shapes =>
        new()
        {
            { "trailing byte", Text + "x", "seal.shape" },
            { "trailing line", Text + "\n", "seal.shape" },
            { "trailing member", Text[..^1] + ",\"x\":1}", "seal.shape" },
            { "second package behind", Text + Text, "seal.shape" },
            { "members in other order", Reorder("recipients", "protected", "iv", "tag", "ciphertext"), "seal.shape" },
            { "tag before iv", Reorder("protected", "recipients", "tag", "iv", "ciphertext"), "seal.shape" },
            { "ciphertext not last", Reorder("protected", "recipients", "iv", "ciphertext", "tag"), "seal.shape" },
            { "member missing", Reorder("protected", "recipients", "iv", "ciphertext"), "seal.shape" },
            {
                "unknown member",
                Text.Replace("\"iv\":", "\"aad\":\"AA\",\"iv\":", StringComparison.Ordinal),
                "seal.shape"
            },
            {
                "member twice",
                Text.Replace("\"iv\":", "\"iv\":\"AA\",\"iv\":", StringComparison.Ordinal),
                "seal.shape"
            },
            { "white space in front", " " + Text, "seal.shape" },
            { "not JSON", "<html>", "seal.shape" },
            { "iv not canonical", Change("iv", v => v[..^1] + (v[^1] == 'B' ? "C" : "B") + "A"), "seal.shape" },
            { "iv padded", Change("iv", v => v + "="), "seal.shape" },
            { "iv too short", Change("iv", v => v[..^4]), "seal.shape" },
            { "tag too short", Change("tag", v => v[..^6]), "seal.shape" },
            { "tag with bits behind", Change("tag", v => v[..^1] + "B"), "seal.shape" },
            { "protected not base64url", Change("protected", v => v + "+"), "jose.format" },
            { "cipher text with a space", Change("ciphertext", v => v[..9] + " " + v[9..]), "seal.shape" },
            { "cipher text with a line", Change("ciphertext", v => v[..9] + "\\n" + v[9..]), "seal.shape" },
            { "cipher text of other alphabet", Change("ciphertext", v => v[..9] + "/" + v[10..]), "seal.shape" },
            { "cipher text padded", Change("ciphertext", v => v + "=="), "seal.shape" },
            { "cipher text with bits behind", Change("ciphertext", v => v[..^1] + "_"), "seal.shape" },
            { "cipher text of impossible length", Change("ciphertext", v => v[..^1]), "seal.shape" },
            { "cipher text empty", Change("ciphertext", _ => ""), "seal.shape" },
            {
                "cipher text not a string",
                Text[..Text.IndexOf("\"ciphertext\":", StringComparison.Ordinal)] + "\"ciphertext\":7}",
                "seal.truncated"
            },
            { "no recipients", Recipients(r => r.Clear()), "seal.shape" },
            { "17 recipients", Recipients(r => Repeat(r, 17)), "seal.shape" },
            { "one kid twice", Recipients(r => r[1]!["header"]!["kid"] = "citizen-1"), "seal.shape" },
            { "entry with more", Recipients(r => r[0]!["role"] = "citizen"), "seal.shape" },
            { "entry header with more", Recipients(r => r[0]!["header"]!["x"] = 1), "seal.shape" },
            { "entry header with apu", Recipients(r => r[0]!["header"]!["apu"] = "AA"), "seal.shape" },
            { "entry header repeats enc", Recipients(r => r[0]!["header"]!["enc"] = "A256GCM"), "jose.format" },
            { "entry header with zip", Recipients(r => r[0]!["header"]!["zip"] = "DEF"), "jose.zip_refused" },
            { "entry of other algorithm", Recipients(r => r[0]!["header"]!["alg"] = "RSA1_5"), "jose.alg_refused" },
            { "entry direct", Recipients(r => r[0]!["header"]!["alg"] = "dir"), "jose.alg_refused" },
            { "entry by GCM key wrap", Recipients(r => r[0]!["header"]!["alg"] = "A256GCMKW"), "jose.alg_refused" },
            { "wrapped key too short", Recipients(r => r[0]!["encrypted_key"] = "AAAA"), "seal.shape" },
            { "wrapped key padded", Recipients(r => r[0]!["encrypted_key"] += "="), "seal.shape" },
            {
                "epk off the curve",
                Recipients(r => r[0]!["header"]!["epk"]!["x"] = r[0]!["header"]!["epk"]!["y"]!.DeepClone()),
                "jose.key_refused"
            },
            { "epk missing", Recipients(r => r[0]!["header"]!.AsObject().Remove("epk")), "seal.shape" },
            { "enc of other kind", Protected(h => h["enc"] = "A128GCM"), "jose.enc_refused" },
            { "enc CBC", Protected(h => h["enc"] = "A256CBC-HS512"), "jose.enc_refused" },
            { "typ of other kind", Protected(h => h["typ"] = "JWE"), "seal.header" },
            { "cty of other kind", Protected(h => h["cty"] = "text/html"), "seal.header" },
            { "kc missing", Protected(h => h.Remove("kc")), "seal.header" },
            { "kc too short", Protected(h => h["kc"] = "AAAA"), "seal.shape" },
            { "iat as text", Protected(h => h["iat"] = "1790000000"), "seal.header" },
            { "iat with a fraction", Protected(h => h["iat"] = 1.5), "seal.header" },
            { "iat beyond time", Protected(h => h["iat"] = 99_999_999_999_999), "seal.header" },
            { "sub empty", Protected(h => h["sub"] = ""), "seal.header" },
            { "sub as object", Protected(h => h["sub"] = new JsonObject()), "seal.header" },
            { "transfer with a slash and dots", Protected(h => h["transfer"] = "../../x y"), "seal.header" },
            { "protected with more", Protected(h => h["x"] = 1), "seal.header" },
            { "protected with zip", Protected(h => h["zip"] = "DEF"), "jose.zip_refused" },
            { "protected with crit", Protected(h => h["crit"] = new JsonArray("kc")), "jose.crit_refused" },
        };

    [Theory]
    [MemberData(nameof(Shapes))]
    public async Task WrongShape_RefusedAlikeByRecipientAndRelay(string what, string package, string code)
    {
        var bytes = Encoding.UTF8.GetBytes(package);

        var byRecipient = Wycheproof.Refusal(() => SealedPackage.Open(bytes, Citizen))?.Code;
        var byRelay = (
            await Assert.ThrowsAsync<EncryptionException>(() =>
                SealedPackageTests.Relay(new MemoryStream(bytes), long.MaxValue)
            )
        ).Code;

        Assert.Equal((what, code, code), (what, byRecipient, byRelay));
    }

    [Fact]
    public async Task CutAnywhere_RefusedAlike()
    {
        for (var length = 0; length < Package.Length; length += length > Package.Length - 5 ? 1 : 13)
        {
            var cut = Package[..length];
            Assert.Equal("seal.truncated", Wycheproof.Refusal(() => SealedPackage.Open(cut, Citizen))?.Code);
            var byRelay = await Assert.ThrowsAsync<EncryptionException>(() =>
                SealedPackageTests.Relay(new MemoryStream(cut), long.MaxValue)
            );
            Assert.Equal("seal.truncated", byRelay.Code);
        }
    }

    [Fact]
    public void SwappedWrappedKeys_NeitherOpens()
    {
        var swapped = Recipients(r =>
            (r[0]!["encrypted_key"], r[1]!["encrypted_key"]) = (
                r[1]!["encrypted_key"]!.DeepClone(),
                r[0]!["encrypted_key"]!.DeepClone()
            )
        );

        AssertRefused(swapped, Citizen, "jose.decrypt");
        AssertRefused(swapped, Second, "jose.decrypt");
    }

    [Fact]
    public void SwappedKids_NeitherOpens()
    {
        var swapped = Recipients(r => (r[0]!["header"]!["kid"], r[1]!["header"]!["kid"]) = ("citizen-2", "citizen-1"));

        AssertRefused(swapped, Citizen, "jose.decrypt");
        AssertRefused(swapped, Second, "jose.decrypt");
    }

    /// <summary>A recipient given another content key than the rest: GCM alone would not tell, kc does, before anything is opened.</summary>
    [Fact]
    public void AnotherContentKeyForOneRecipient_RefusedByKc()
    {
        var (encryptedKey, epk) = EcdhEs.Wrap(Second, new byte[32]);
        var changed = Recipients(r =>
        {
            r[1]!["encrypted_key"] = Base64UrlText.Encode(encryptedKey);
            r[1]!["header"]!["epk"] = JsonNode.Parse(System.Text.Json.JsonSerializer.Serialize(epk));
        });

        AssertRefused(changed, Second, "seal.kc_mismatch");
        Assert.NotEmpty(SealedPackage.Open(Encoding.ASCII.GetBytes(changed), Citizen).Zip);
    }

    [Fact]
    public void OtherKc_RefusedByKc() =>
        AssertRefused(Protected(h => h["kc"] = Base64UrlText.Encode(new byte[32])), Citizen, "seal.kc_mismatch");

    [Theory]
    [InlineData("sub", "someone-else")]
    [InlineData("transfer", "tx-2")]
    [InlineData("dataset", "API.other")]
    public void OtherProtectedName_DoesNotOpen(string member, string value) =>
        AssertRefused(Protected(h => h[member] = value), Citizen, "jose.decrypt");

    [Fact]
    public void ChangedCipherTextIvOrTag_DoesNotOpen()
    {
        foreach (var member in new[] { "ciphertext", "iv", "tag" })
            AssertRefused(Change(member, v => (v[0] == 'A' ? "B" : "A") + v[1..]), Citizen, "jose.decrypt");
    }

    [Fact]
    public void RecipientAddedLater_OpensAndLeavesTheDigest()
    {
        var digest = SealedPackage.Open(Package, Citizen).Digest;
        var fewer = Recipients(r => r.RemoveAt(1));

        Assert.Equal(digest, SealedPackage.Open(Encoding.ASCII.GetBytes(fewer), Citizen).Digest);
    }

    private static void AssertRefused(string package, Jwk key, string code) =>
        Assert.Equal(code, Wycheproof.Refusal(() => SealedPackage.Open(Encoding.ASCII.GetBytes(package), key))?.Code);

    private static string Reorder(params string[] members)
    {
        var package = JsonNode.Parse(Text)!.AsObject();
        return new JsonObject(
            members.Select(m => KeyValuePair.Create(m, (JsonNode?)package[m]!.DeepClone()))
        ).ToJsonString();
    }

    private static string Change(string member, Func<string, string> change)
    {
        var value = JsonNode.Parse(Text)![member]!.GetValue<string>();
        return Text.Replace($"\"{value}\"", $"\"{change(value)}\"", StringComparison.Ordinal);
    }

    private static string Recipients(Action<JsonArray> change)
    {
        var package = JsonNode.Parse(Text)!.AsObject();
        change(package["recipients"]!.AsArray());
        return package.ToJsonString();
    }

    private static string Protected(Action<JsonObject> change) =>
        Change(
            "protected",
            v =>
            {
                var header = JsonNode.Parse(Base64UrlText.Decode(v))!.AsObject();
                change(header);
                return Base64UrlText.Encode(Encoding.UTF8.GetBytes(header.ToJsonString()));
            }
        );

    private static void Repeat(JsonArray entries, int count)
    {
        for (var i = entries.Count; i < count; i++)
        {
            var copy = entries[0]!.DeepClone();
            copy["header"]!["kid"] = $"k{i}";
            entries.Add(copy);
        }
    }
}
