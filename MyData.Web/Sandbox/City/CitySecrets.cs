using System.Security.Cryptography;
using System.Text;
using MyData.Core.Data;

namespace MyData.Web.Sandbox.City;

/// <summary>What a service on the national wire shares with the portal: 16 characters each, made at their first use in the sandbox's key folder.</summary>
public sealed record CitySecret(string Secret, string CbcIv);

public sealed class CitySecrets
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const int Length = 16;
    private readonly Dictionary<string, CitySecret> _all;

    private CitySecrets(Dictionary<string, CitySecret> all) => _all = all;

    public static CitySecrets Load(string folder)
    {
        var keys = new KeyFolder(folder, mayCreate: true);
        return new(CityListing.Ids.ToDictionary(id => id, id => Read(keys, $"service-{id}.secret")));
    }

    public CitySecret Of(string service) => _all[service];

    private static CitySecret Read(KeyFolder keys, string name)
    {
        var text = Encoding.ASCII.GetString(keys.Get(name, () => Encoding.ASCII.GetBytes(New())));
        return new(text[..Length], text[Length..]);
    }

    private static string New() => RandomNumberGenerator.GetString(Letters, 2 * Length);
}
