using System.Text;
using MyData.Core.Data;
using MyData.Core.Encryption;

namespace MyData.Web.Sandbox.Relying;

/// <summary>An organisation's two keys, made at their first use in the sandbox's key folder: one signs, the other opens what it is handed.</summary>
internal static class RelyingKeys
{
    /// <param name="name">of the organisation, in the files' names</param>
    public static (Jwk Client, Jwk Recipient) Load(string folder, string name) =>
        (Read(folder, $"service-{name}-client.jwk", "sig"), Read(folder, $"service-{name}-recipient.jwk", "enc"));

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
