using System.Text.Json;

namespace MyData.Core.Encryption;

/// <summary>The checks on the head of a sealed package, in the order in which they run.</summary>
internal static class SealedHeadParser
{
    private static readonly string[] Order = ["protected", "recipients", "iv", "tag", "ciphertext"];

    public static SealedPackageHead Parse(byte[] raw)
    {
        var json = StrictJson.ParseObject([.. raw, .. "\"}"u8], "seal.shape");
        RequireOrder(json);
        var protectedText = PlainText(json, "protected");
        var header = ProtectedHeader(protectedText);
        var names = header.Protected;
        return new SealedPackageHead(raw)
        {
            Transfer = SealNames.Name(Text(names, "transfer"), "transfer"),
            DataSet = SealNames.Name(Text(names, "dataset"), "dataset"),
            Sub = SealNames.Name(Text(names, "sub"), "sub"),
            IssuedAt = IssuedAt(names),
            Kc = Sized(Text(names, "kc"), 32, "kc"),
            Recipients = Recipients(json.GetProperty("recipients"), header),
            ProtectedText = protectedText,
            Iv = Sized(PlainText(json, "iv"), ContentCipher.GcmIvBytes, "iv"),
            Tag = Sized(PlainText(json, "tag"), ContentCipher.GcmTagBytes, "tag"),
        };
    }

    /// <summary>A4: the members stand in this order, so that the platform reads the head and passes the rest on as bytes.</summary>
    private static void RequireOrder(JsonElement json)
    {
        if (!json.EnumerateObject().Select(m => m.Name).SequenceEqual(Order, StringComparer.Ordinal))
            throw new EncryptionException("seal.shape", "The members are protected, recipients, iv, tag, ciphertext.");
    }

    private static JoseHeader ProtectedHeader(string protectedText)
    {
        var header = JoseHeader.Parse(protectedText);
        header.RefuseExtensions();
        header.OneOf("enc", SealNames.Enc, "jose.enc_refused");
        if (header.Text("typ") is not SealNames.Typ || header.Text("cty") is not SealNames.Cty)
            throw new EncryptionException("seal.header", $"typ is {SealNames.Typ} and cty is {SealNames.Cty}.");
        StrictJson.Exactly(
            header.Protected,
            "seal.header",
            "enc",
            "typ",
            "cty",
            "transfer",
            "dataset",
            "sub",
            "iat",
            "kc"
        );
        return header;
    }

    private static List<SealedRecipient> Recipients(JsonElement json, JoseHeader shared)
    {
        if (json.ValueKind != JsonValueKind.Array || json.GetArrayLength() is < 1 or > SealNames.MaxRecipients)
            throw Recipients($"There are 1 to {SealNames.MaxRecipients} recipients.");
        var recipients = json.EnumerateArray().Select(entry => Recipient(entry, shared)).ToList();
        if (recipients.DistinctBy(r => r.Kid, StringComparer.Ordinal).Count() != recipients.Count)
            throw Recipients("Two recipients have the same kid.");
        return recipients;
    }

    private static SealedRecipient Recipient(JsonElement json, JoseHeader shared)
    {
        StrictJson.Exactly(json, "seal.shape", "header", "encrypted_key");
        var own = json.GetProperty("header");
        var joined = shared.Copy().With(own);
        var alg = joined.OneOf("alg", SealNames.RecipientAlgs, "jose.alg_refused");
        joined.RefuseExtensions();
        if (alg is JoseNames.EcdhEsA256Kw)
        {
            StrictJson.Exactly(own, "seal.shape", "alg", "kid", "epk");
            EcdhEs.Ephemeral(own.GetProperty("epk"));
        }
        else
        {
            StrictJson.Exactly(own, "seal.shape", "alg", "kid");
        }
        var encryptedKey = Base64UrlText.TryDecode(StrictJson.Text(json, "encrypted_key", "seal.shape"));
        if (encryptedKey is null || !IsPlausible(alg, encryptedKey.Length))
            throw Recipients("encrypted_key is not canonical base64url, or not as long as its algorithm makes it.");
        var kid = SealNames.Name(joined.Kid, "kid");
        return new SealedRecipient(alg, kid) { Header = joined, EncryptedKey = encryptedKey };
    }

    private static bool IsPlausible(string alg, int length) =>
        alg is JoseNames.RsaOaep256
            ? length is >= RsaKeyGate.MinimumBits / 8 and <= RsaKeyGate.MaximumBits / 8
            : length == ContentCipher.GcmKeyBytes + 8;

    private static DateTimeOffset IssuedAt(JsonElement json)
    {
        var iat = json.GetProperty("iat");
        if (
            iat.ValueKind != JsonValueKind.Number
            || !iat.TryGetInt64(out var seconds)
            || seconds < 0
            || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()
        )
            throw new EncryptionException("seal.header", "iat is not a time in whole seconds.");
        return DateTimeOffset.FromUnixTimeSeconds(seconds);
    }

    private static string Text(JsonElement json, string name) =>
        StrictJson.Text(json, name, "seal.header")
        ?? throw new EncryptionException("seal.header", $"{name} is missing.");

    /// <summary>A string without escapes: the seal digest covers it as it stands, so there must be one way to write it.</summary>
    private static string PlainText(JsonElement json, string name)
    {
        var text = StrictJson.Text(json, name, "seal.shape") ?? "";
        if (json.GetProperty(name).GetRawText().Length != text.Length + 2)
            throw new EncryptionException("seal.shape", $"{name} is written with escapes.");
        return text;
    }

    private static string Sized(string text, int bytes, string name)
    {
        if (Base64UrlText.TryDecode(text)?.Length != bytes)
            throw new EncryptionException("seal.shape", $"{name} is not canonical base64url of {bytes} bytes.");
        return text;
    }

    private static EncryptionException Recipients(string message) => new("seal.shape", message);
}
