using System.Security.Cryptography;
using System.Text;
using MyData.Core.Encryption;

namespace MyData.Load.Flows;

/// <summary>What her browser makes for one consent: a key pair on P-256, and the claim that the package is fetched with.</summary>
public sealed class BrowserKey
{
    public Jwk Key { get; } = Jwk.GenerateEc();

    public string Claim { get; } = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));

    public string ClaimHash => Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Claim)));
}
