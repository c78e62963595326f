using System.Text;
using System.Text.Json;

namespace MyData.Core.Encryption;

/// <summary>Writes the members in the order that RFC 7517's examples use.</summary>
internal static class JwkWriter
{
    public static string ToJson(Jwk key)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, StrictJson.PlainWriter))
            Write(json, key);
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    private static void Write(Utf8JsonWriter json, Jwk key)
    {
        json.WriteStartObject();
        json.WriteString("kty", key.Kty);
        if (key.Numbers.Ec is { } ec)
        {
            json.WriteString("crv", "P-256");
            Number(json, "x", ec.Q.X);
            Number(json, "y", ec.Q.Y);
            Number(json, "d", ec.D);
        }
        else if (key.Numbers.Rsa is { } rsa)
        {
            Unsigned(json, "n", rsa.Modulus);
            Unsigned(json, "e", rsa.Exponent);
            Unsigned(json, "d", rsa.D);
            Unsigned(json, "p", rsa.P);
            Unsigned(json, "q", rsa.Q);
            Unsigned(json, "dp", rsa.DP);
            Unsigned(json, "dq", rsa.DQ);
            Unsigned(json, "qi", rsa.InverseQ);
        }
        else
        {
            Number(json, "k", key.Numbers.Secret);
        }
        Label(json, "use", key.Use);
        Label(json, "alg", key.Alg);
        Label(json, "kid", key.Kid);
        if (key.KeyOps is { } operations)
        {
            json.WriteStartArray("key_ops");
            foreach (var operation in operations)
                json.WriteStringValue(operation);
            json.WriteEndArray();
        }
        Time(json, "nbf", key.NotBefore);
        Time(json, "exp", key.Expires);
        json.WriteEndObject();
    }

    private static void Number(Utf8JsonWriter json, string name, byte[]? value)
    {
        if (value is not null)
            json.WriteString(name, Base64UrlText.Encode(value));
    }

    /// <summary>RFC 7518 §2, Base64urlUInt: browsers refuse leading zero octets.</summary>
    private static void Unsigned(Utf8JsonWriter json, string name, byte[]? value) =>
        Number(json, name, value.AsSpan().TrimStart((byte)0) is { Length: > 0 } trimmed ? trimmed.ToArray() : null);

    private static void Time(Utf8JsonWriter json, string name, DateTimeOffset? value)
    {
        if (value is { } time)
            json.WriteNumber(name, time.ToUnixTimeSeconds());
    }

    private static void Label(Utf8JsonWriter json, string name, string? value)
    {
        if (value is not null)
            json.WriteString(name, value);
    }
}
