using MyData.Core.Encryption;
using MyData.Web.Sandbox.Relying;

namespace MyData.Web.Sandbox.Library;

/// <summary>The library's two keys: one signs; the other is registered, and opens nothing as long as it asks for no data.</summary>
public sealed record LibraryKeys(Jwk Client, Jwk Recipient)
{
    public static LibraryKeys Load(string folder)
    {
        var (client, recipient) = RelyingKeys.Load(folder, "library");
        return new(client, recipient);
    }
}
