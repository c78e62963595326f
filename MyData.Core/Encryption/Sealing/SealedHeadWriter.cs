using System.Security.Cryptography;
using System.Text.Json;

namespace MyData.Core.Encryption;

/// <summary>Writes the head of a sealed package.</summary>
internal static class SealedHeadWriter
{
    public static string ProtectedText(SealRequest request, string kc)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, StrictJson.PlainWriter))
        {
            json.WriteStartObject();
            json.WriteString("enc", JoseNames.A256Gcm);
            json.WriteString("typ", SealNames.Typ);
            json.WriteString("cty", SealNames.Cty);
            json.WriteString("transfer", SealNames.Name(request.Transfer, "transfer"));
            json.WriteString("dataset", SealNames.Name(request.DataSet, "dataset"));
            json.WriteString("sub", SealNames.Name(request.Sub, "sub"));
            json.WriteNumber("iat", request.IssuedAt.ToUnixTimeSeconds());
            json.WriteString("kc", kc);
            json.WriteEndObject();
        }
        return Base64UrlText.Encode(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }

    /// <summary>One entry each, with a content key wrapped for it; key agreements have an ephemeral key of their own.</summary>
    public static byte[] Recipients(SealRequest request, ReadOnlySpan<byte> contentKey)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, StrictJson.PlainWriter))
        {
            json.WriteStartArray();
            foreach (var recipient in request.Recipients)
                WriteRecipient(json, recipient, contentKey);
            json.WriteEndArray();
        }
        return buffer.ToArray();
    }

    public static byte[] Write(
        string protectedText,
        ReadOnlySpan<byte> recipients,
        ReadOnlySpan<byte> iv,
        ReadOnlySpan<byte> tag
    )
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, StrictJson.PlainWriter))
        {
            json.WriteStartObject();
            json.WriteString("protected", protectedText);
            json.WritePropertyName("recipients");
            json.WriteRawValue(recipients, skipInputValidation: true);
            json.WriteString("iv", Base64UrlText.Encode(iv));
            json.WriteString("tag", Base64UrlText.Encode(tag));
            json.WritePropertyName("ciphertext");
            json.WriteStringValue("");
            json.WriteEndObject();
        }
        return buffer.GetBuffer()[..((int)buffer.Length - 2)];
    }

    private static void WriteRecipient(Utf8JsonWriter json, SealRecipient recipient, ReadOnlySpan<byte> contentKey)
    {
        var alg = KeyManagement.AlgFor(recipient.Key);
        if (!SealNames.RecipientAlgs.Contains(alg))
            throw new EncryptionException("jose.alg_refused", $"alg {EncryptionException.Quote(alg)} is refused.");
        var wrapped = KeyManagement.Wrap(alg, recipient.Key, contentKey);
        json.WriteStartObject();
        json.WriteStartObject("header");
        json.WriteString("alg", alg);
        json.WriteString("kid", SealNames.Name(recipient.Kid, "kid"));
        foreach (var (name, value) in wrapped.Parameters)
        {
            json.WritePropertyName(name);
            JsonSerializer.Serialize(json, value, StrictJson.Plain);
        }
        json.WriteEndObject();
        json.WriteString("encrypted_key", Base64UrlText.Encode(wrapped.EncryptedKey));
        json.WriteEndObject();
    }
}
