using System.IO.Compression;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Xml.Linq;
using MyData.Core.Catalog;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Relying;

namespace MyData.Web.Sandbox.City;

/// <summary>How a service on the national wire talks to the portal, all over HTTP (protocols.md B2): the entry's address, the fetch, what is in it.</summary>
internal sealed class CityClient(
    IHttpClientFactory clients,
    SandboxAddress address,
    CitySecrets secrets,
    CityConduct conduct,
    RelyingReading reading,
    TimeProvider clock
)
{
    private const string Prefix = "application/zip;data:";

    /// <summary>Where the browser goes to.</summary>
    /// <param name="id">whom the city believes to have before it; null: it does not say</param>
    public string Entry(CityApplication application, string? id)
    {
        var sets = string.Join(':', CityListing.DataSets(application.Service));
        var path = Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes(sets));
        var back = address.Own + SandboxAddress.Root + CityListing.Path(application.Service) + "/back";
        var entry =
            $"{address.Portal}/service/{application.Service}/{path}/{application.TxId}?returnUrl={Uri.EscapeDataString(back)}";
        return id is null
            ? entry
            : $"{entry}&pid={Uri.EscapeDataString(CityCipher.Encrypt(secrets.Of(application.Service), id))}";
    }

    /// <summary>Fetches where it has not got it yet, opens it, and reads it.</summary>
    /// <exception cref="CityRefusedException">It cannot be opened, or is not what was asked for.</exception>
    public async Task ReceiveAsync(CityApplication application, CancellationToken ct)
    {
        if (application.Payload is null && await FetchAsync(application, ct) is { } jwe)
        {
            application.Payload = CityCipher.Open(jwe, application.Key!);
            if (conduct.Current == CityConduct.Twice)
                await FetchAsync(application, ct);
        }
        if (application.Payload is { } payload)
            application.Packages = await ReadAsync(payload, ct);
    }

    /// <returns>Null where the portal gave nothing.</returns>
    private async Task<string?> FetchAsync(CityApplication application, CancellationToken ct)
    {
        using var client = clients.CreateClient(PortalClient.HttpName);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"{address.Portal}/service/data"));
        request.Headers.Add("permission_ticket", application.Ticket);
        using var answer = await client.SendAsync(request, ct);
        application.Fetches.Add((int)answer.StatusCode);
        return answer.StatusCode == HttpStatusCode.OK ? await answer.Content.ReadAsStringAsync(ct) : null;
    }

    private async Task<IReadOnlyList<CityPackage>> ReadAsync(byte[] payload, CancellationToken ct)
    {
        using var json = JsonDocument.Parse(payload);
        var data = json.RootElement.GetProperty("data").GetString()!;
        if (!data.StartsWith(Prefix, StringComparison.Ordinal))
            throw new CityRefusedException("not a ZIP");
        using var zip = new ZipArchive(new MemoryStream(CityCipher.Bytes(data[Prefix.Length..])), ZipArchiveMode.Read);
        var manifest = XDocument.Parse(System.Text.Encoding.UTF8.GetString(BytesOf(zip, "META-INFO/manifest.xml")));
        var packages = new List<CityPackage>();
        foreach (var file in manifest.Descendants("file"))
            packages.Add(await PackageAsync(zip, file, ct));
        return packages;
    }

    private async Task<CityPackage> PackageAsync(ZipArchive zip, XElement file, CancellationToken ct)
    {
        var (id, name) = (file.Element("resource_id")!.Value, file.Element("resource_name")!.Value);
        if (file.Element("code")!.Value != "200")
            return new(new LocalText(name, name), null, []);
        using var package = PackageReader.Read(BytesOf(zip, file.Element("filename")!.Value), PackageLimits.Default);
        new ConfiguredRoots(await reading.RootsAsync(ct)).Check(package.Certificate, clock.GetUtcNow());
        var (label, values) = await reading.ValuesAsync(package, id, ct);
        return new(label, package.Certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false), values);
    }

    private static byte[] BytesOf(ZipArchive zip, string name)
    {
        var entry = zip.GetEntry(name) ?? throw new CityRefusedException($"{name} is missing");
        using var stream = entry.Open();
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        return bytes.ToArray();
    }
}
