using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using MyData.Core.Catalog;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Agencies;

namespace MyData.Web.Sandbox.Relying;

/// <summary>Checks what a package says by the roots that the portal publishes, before anything of it is believed.</summary>
internal sealed class RelyingReading(IHttpClientFactory clients, SandboxAddress address)
{
    private const int Longest = 60;

    public async Task<ReceivedPackage> ReadAsync(OpenedPackage opened, string dataSet, CancellationToken ct)
    {
        using var package = PackageReader.Read(opened.Zip, PackageLimits.Default);
        if (opened.Head.DataSet != dataSet || package.Info is not { } info || info.DataSet != dataSet)
            throw new RelyingRefusedException("another data set");
        new ConfiguredRoots(await RootsAsync(ct)).Check(package.Certificate, info.IssuedAt);
        var (label, values) = await ValuesAsync(package, dataSet, ct);
        return new(
            opened.Head.Transfer,
            label,
            opened.Digest.Display(),
            package.Certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false),
            values
        );
    }

    /// <summary>What stands in a package, in the words of the catalogue.</summary>
    public async Task<(LocalText Label, IReadOnlyList<ReceivedValue> Values)> ValuesAsync(
        VerifiedPackage package,
        string dataSet,
        CancellationToken ct
    )
    {
        using var data = JsonDocument.Parse(package.Read("data.json"));
        using var schema = await JsonAsync($"/datasets/{Uri.EscapeDataString(dataSet)}/schema.json", ct);
        var fields = schema.RootElement.GetProperty("properties");
        return (
            Label(schema.RootElement, dataSet),
            [.. data.RootElement.EnumerateObject().Select(one => Value(one, fields))]
        );
    }

    private static ReceivedValue Value(JsonProperty one, JsonElement fields) =>
        new(
            fields.TryGetProperty(one.Name, out var field) ? Label(field, one.Name) : new(one.Name, one.Name),
            Short(one.Value),
            one.Value.ValueKind == JsonValueKind.Array ? one.Value.GetArrayLength() : null
        );

    private static LocalText Label(JsonElement schema, string name)
    {
        string Title(string member) => schema.TryGetProperty(member, out var title) ? title.GetString() ?? name : name;
        return new(Title("title"), Title("titleEn"));
    }

    /// <summary>The roots that the portal publishes.</summary>
    public async Task<IReadOnlyList<X509Certificate2>> RootsAsync(CancellationToken ct)
    {
        using var trust = await JsonAsync("/.well-known/mydata-trust.json", ct);
        return
        [
            .. trust
                .RootElement.GetProperty("roots")
                .EnumerateArray()
                .Select(root => X509CertificateLoader.LoadCertificate(root.GetBytesFromBase64())),
        ];
    }

    private async Task<JsonDocument> JsonAsync(string path, CancellationToken ct)
    {
        using var client = clients.CreateClient(PortalClient.HttpName);
        return JsonDocument.Parse(await client.GetByteArrayAsync(new Uri(address.Portal + path), ct));
    }

    private static string Short(JsonElement value)
    {
        var text = value.ToString();
        return text.Length <= Longest ? text : text[..Longest] + "…";
    }
}
