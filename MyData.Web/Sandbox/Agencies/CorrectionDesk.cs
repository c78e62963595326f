using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Keys;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>One request for a correction, as its agency reads it.</summary>
public sealed record AskedCorrection(
    SandboxAgency Agency,
    string Id,
    string DataSet,
    string Field,
    string Value,
    string Words,
    DateTimeOffset AnswerBy
);

/// <summary>The agencies' desk for corrections: fetches what waits at the portal, opens it by the key of the certificate, answers.</summary>
public sealed class CorrectionDesk(PortalClient portal, SandboxKeys keys)
{
    private const string Path = "/api/v1/corrections";
    private const int Parts = 5;

    public async Task<IReadOnlyList<AskedCorrection>> ListAsync(CancellationToken ct)
    {
        var all = new List<AskedCorrection>();
        foreach (var agency in SandboxAgencies.All)
        {
            var own = keys.Agency(agency.Id);
            if (await portal.CallAsync(agency.ClientId, own, Path, null, ct) is not { } answer)
                continue;
            using var json = JsonDocument.Parse(answer);
            all.AddRange(
                json.RootElement.GetProperty("corrections").EnumerateArray().Select(one => Read(agency, own, one))
            );
        }
        return all;
    }

    /// <returns>false where the portal did not take it</returns>
    public async Task<bool> AnswerAsync(SandboxAgency agency, string id, string answer, CancellationToken ct) =>
        await portal.CallAsync(
            agency.ClientId,
            keys.Agency(agency.Id),
            $"{Path}/{Uri.EscapeDataString(id)}",
            new { answer },
            ct
        )
            is not null;

    private static AskedCorrection Read(SandboxAgency agency, AgencyKeys own, JsonElement one)
    {
        var content = JsonSerializer.Deserialize<JsonElement>(Open(own, one.GetProperty("sealed").GetString()!));
        return new(
            agency,
            one.GetProperty("id").GetString()!,
            one.GetProperty("dataset").GetString()!,
            one.GetProperty("field").GetString()!,
            content.GetProperty("value").GetString()!,
            content.GetProperty("words").GetString()!,
            DateTimeOffset.FromUnixTimeSeconds(one.GetProperty("answer_by").GetInt64())
        );
    }

    // RFC 7516 §5.2, by the framework alone: an agency has its own code.
    private static byte[] Open(AgencyKeys own, string compact)
    {
        var parts = compact.Split('.');
        if (parts.Length != Parts)
            throw new EncryptionException("jose.format", "Not five parts.");
        var bytes = Array.ConvertAll(parts[1..], part => Base64UrlText.Decode(part));
        var key = own.WithPackageKey(rsa => rsa.Decrypt(bytes[0], RSAEncryptionPadding.OaepSHA256));
        using var aes = new AesGcm(key, bytes[3].Length);
        var plain = new byte[bytes[2].Length];
        aes.Decrypt(bytes[1], bytes[2], bytes[3], plain, Encoding.ASCII.GetBytes(parts[0]));
        return plain;
    }
}
