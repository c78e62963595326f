using MyData.Core.Encryption;
using MyData.Web.Sandbox.Relying;

namespace MyData.Web.Sandbox.Bank;

public sealed record BankKeys(Jwk Client, Jwk Recipient)
{
    public static BankKeys Load(string folder)
    {
        var (client, recipient) = RelyingKeys.Load(folder, "bank");
        return new(client, recipient);
    }
}
