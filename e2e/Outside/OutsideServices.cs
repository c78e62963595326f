using System.Text.Json;
using MyData.Core.Catalog;
using MyData.Core.Encryption;
using MyData.E2E.Support;
using MyData.Web.Sandbox.Bank;

namespace MyData.E2E.Outside;

/// <summary>
/// A portal at which the services of <c>e2e/Outside/clients</c> are registered, each with keys of its own and a site on another origin than the
/// portal's.
/// </summary>
public sealed class OutsideServices : IAsyncLifetime
{
    /// <summary>Those that follow the whole way, by the library that they use; what tries in vain, and whose code it shows.</summary>
    public const string OpenIdClient = "openid-client";
    public const string OAuth4WebApi = "oauth4webapi";
    public const string Refused = "refused";

    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-outside-").FullName;
    private readonly Dictionary<string, int> _ports = [];

    public PortalProcess Portal { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        await new NpmPackages("clients").InstallAsync();
        OnlineServiceListing[] services =
        [
            Service(OpenIdClient, Jwk.GenerateEc("opens", "enc")),
            Service(OAuth4WebApi, Jwk.GenerateRsa(2048, "opens", "enc")),
            Service(Refused, Jwk.GenerateEc("opens", "enc")),
            Service("other", Jwk.GenerateEc("opens", "enc")) with
            {
                SignIn = new() { Claims = [new("name", true), new("email", false)] },
            },
            Member(OpenIdClient),
            Member(OAuth4WebApi),
        ];
        foreach (var name in (string[])[Refused, $"member-{OpenIdClient}", $"member-{OAuth4WebApi}"])
            File.Copy(Path.Combine(Folder("other"), "client.jwk"), Path.Combine(Folder(name), "other.jwk"));
        var file = Path.Combine(_folder, "services.json");
        await File.WriteAllTextAsync(file, JsonSerializer.Serialize(services, JsonSerializerOptions.Web));
        Portal = await PortalProcess.StartAsync(new Dictionary<string, string> { ["MyData:Sandbox:Services"] = file });
    }

    /// <summary>What its script is told: the portal, its folder, its port.</summary>
    public string[] Arguments(string name) =>
        [Portal.Origin.GetLeftPart(UriPartial.Authority), Folder(name), $"{_ports[name]}"];

    public Uri Site(string name) => new($"http://127.0.0.1:{_ports[name]}");

    public async ValueTask DisposeAsync()
    {
        if (Portal is not null)
            await Portal.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Signs people in, and asks for no data.</summary>
    private OnlineServiceListing Member(string library)
    {
        var name = $"member-{library}";
        return Service(name, Jwk.GenerateEc("opens", "enc")) with
        {
            Items = [],
            SignIn = new()
            {
                Claims = [new("name", Required: true), new("email", Required: false)],
                PostLogoutRedirectUris = [$"{Site(name)}bye"],
            },
        };
    }

    private OnlineServiceListing Service(string name, Jwk recipient)
    {
        var key = Jwk.GenerateEc("signs", "sig");
        _ports[name] = PortalProcess.FreePort();
        Directory.CreateDirectory(Folder(name));
        Write(name, "client.jwk", key.ToJson());
        Write(name, "recipient.jwk", recipient.ToJson());
        object[] details =
        [
            new
            {
                type = "mydata",
                datasets = new[] { new { id = BankListing.Household, fields = BankListing.HouseholdFields } },
                purpose = "outside",
                retention = "P30D",
                use = "once",
                recipient_key = recipient.Kid,
            },
        ];
        Write(name, "details.json", JsonSerializer.Serialize(details));
        return new OnlineServiceListing
        {
            Id = $"outside-{name}",
            Name = new("外面的服務", "An outside service"),
            Organisation = new("外面的機構", "Outside"),
            Glyph = "外",
            Purpose = new("試試看別人寫的程式能不能用。", "To see whether programs of others work."),
            PurposeCode = "outside",
            Retention = TimeSpan.FromDays(30),
            TermsVersion = 1,
            Site = $"{Site(name)}apply",
            RedirectUris = [$"{Site(name)}callback"],
            ClientKeys = [key.PublicOnly().ToJson()],
            RecipientKey = recipient.PublicOnly().ToJson(),
            Items = [new(BankListing.Household, BankListing.HouseholdFields, Required: true)],
        };
    }

    private string Folder(string name) => Path.Combine(_folder, name);

    private void Write(string name, string file, string text) =>
        File.WriteAllText(Path.Combine(Folder(name), file), text);
}
