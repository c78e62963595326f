using MyData.Core.Encryption;

namespace MyData.Web.Features.Download;

/// <summary>The key that her browser made for this consent, and the hash of its claim.</summary>
public sealed record RecipientForm(Jwk Key, string ClaimHash)
{
    private const int HashLength = 43;

    /// <summary>Null where the browser sent none, or something that is not a public P-256 key and a SHA-256.</summary>
    public static RecipientForm? Read(IFormCollection form)
    {
        try
        {
            var hash = form["claim_hash"].ToString();
            if (hash.Length != HashLength)
                return null;
            Base64UrlText.Decode(hash);
            var key = Jwk.Parse(form["recipient_jwk"].ToString());
            return key is { Kty: "EC", IsPrivate: false } ? new(key, hash) : null;
        }
        catch (EncryptionException)
        {
            return null;
        }
    }
}
