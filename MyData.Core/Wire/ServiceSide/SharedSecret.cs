using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using MyData.Core.Catalog;

namespace MyData.Core.Wire.ServiceSide;

/// <summary>
/// The cipher of <c>pid</c>, <c>tx_id</c> and <c>secret_key</c> (protocols.md B2): Base64 of AES-256-CBC with PKCS#7, its key the 16 characters of
/// <c>client_secret</c> twice, its IV always the service's own. Equal texts look alike, nothing proves who wrote one, and the key has 16 characters'
/// worth of secret: for nothing outside this folder, and what it opens is a hint.
/// </summary>
internal static class SharedSecret
{
    private const int LongestText = 256;

    public static string Encrypt(NationalClient client, string text)
    {
        using var aes = Open(client);
        return Convert.ToBase64String(
            aes.EncryptCbc(Encoding.UTF8.GetBytes(text), Encoding.ASCII.GetBytes(client.CbcIv))
        );
    }

    /// <summary>False for whatever is wrong with it: a caller that tells more is an oracle (security.md O8).</summary>
    public static bool TryDecrypt(NationalClient client, string text, [NotNullWhen(true)] out string? plain)
    {
        plain = null;
        // Some callers forget that "+" in a query is a space.
        if (
            text.Length > LongestText
            || Bytes(text.Replace(' ', '+')) is not { Length: > 0 } bytes
            || bytes.Length % 16 != 0
        )
            return false;
        using var aes = Open(client);
        try
        {
            plain = Encoding.ASCII.GetString(aes.DecryptCbc(bytes, Encoding.ASCII.GetBytes(client.CbcIv)));
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static byte[]? Bytes(string text)
    {
        var bytes = new byte[LongestText];
        return Convert.TryFromBase64String(text, bytes, out var length) ? bytes[..length] : null;
    }

    private static Aes Open(NationalClient client)
    {
        var aes = Aes.Create();
        aes.Key = Encoding.ASCII.GetBytes(client.Secret + client.Secret);
        return aes;
    }
}
