using System.Text;
using MyData.Core.Data;
using MyData.Core.Encryption;

namespace MyData.Web.Sandbox.Library;

/// <summary>The library's two keys, made at their first use in the sandbox's key folder: one signs; the other is registered, and opens nothing as long as it asks for no data.</summary>
public sealed record LibraryKeys(Jwk Client, Jwk Recipient)
{
    public static LibraryKeys Load(string folder) =>
        new(Read(folder, "service-library-client.jwk", "sig"), Read(folder, "service-library-recipient.jwk", "enc"));

    private static Jwk Read(string folder, string name, string use)
    {
        var bytes = new KeyFolder(folder, mayCreate: true).Get(name, () => Encoding.UTF8.GetBytes(New(use).ToJson()));
        return Jwk.Parse(Encoding.UTF8.GetString(bytes));
    }

    private static Jwk New(string use)
    {
        var key = Jwk.GenerateEc(use: use);
        return key.WithKid(key.Thumbprint()[..16]);
    }
}
