using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Catalog;
using MyData.Core.Services;
using MyData.Core.Wire.ServiceSide;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.City;

namespace MyData.Tests.Wire;

/// <summary>A portal, the city's two services on the national wire, and citizens who come from them.</summary>
public sealed class WireHouse : IAsyncLifetime
{
    /// <summary>Asks for the data of the agency that does whatever the switch says.</summary>
    public const string Odd = "city-odd";
    public const string OddNative = "API.sandboxOddN";
    public const string OddNational = "API.sandboxOddP";

    private readonly Dictionary<string, CitizenDriver> _citizens = [];

    public WireHouse()
        : this(null) { }

    private WireHouse(TimeProvider? time, params (string Key, string Value)[] settings) =>
        Portal = Portal.Start(
            new PortalOptions
            {
                Time = time,
                Settings =
                [
                    ("MyData:SignIn:Rate:NetworkBurst", "100000"),
                    ("MyData:Person:Uploads:AtOnce", "100000"),
                    .. settings,
                ],
            }
        );

    public static WireHouse At(TimeProvider time) => new(time);

    public static WireHouse With(params (string Key, string Value)[] settings) => new(time: null, settings);

    public Portal Portal { get; }

    public T Get<T>()
        where T : notnull => Portal.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync()
    {
        var services = CityListing.Services(Get<CitySecrets>());
        var odd = services[0] with
        {
            Id = Odd,
            Items =
            [
                .. new[] { OddNative, OddNational }.Select(id => new OnlineItem(id, FieldsOf(id), Required: true)),
            ],
        };
        await Get<OnlineServices>().ImportAsync([.. services, odd]);
    }

    public async Task<CitizenDriver> CitizenAsync(string persona)
    {
        if (_citizens.TryGetValue(persona, out var known))
            return known;
        var citizen = Portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona(persona));
        return _citizens[persona] = citizen;
    }

    /// <summary>From "apply" at the city: she stands before the first consent.</summary>
    public async Task<WireRequest> ApplyAsync(string persona, string service = CityListing.Parking)
    {
        var citizen = await CitizenAsync(persona);
        await citizen.GetAsync("/sandbox/city");
        await citizen.SubmitAsync($"/sandbox/city/{service}/apply");
        Assert.StartsWith("/services/requests/", citizen.Page.Path, StringComparison.Ordinal);
        return new WireRequest(this, citizen, service);
    }

    /// <summary>Before the second consent.</summary>
    public async Task<WireRequest> FetchedAsync(string persona, string service = CityListing.Parking)
    {
        var request = await ApplyAsync(persona, service);
        await request.Steps.FetchAsync(until: "#wire-hand-over");
        return request;
    }

    /// <summary>Both consents given, and the city told (or not, where its conduct is so); it has fetched nothing.</summary>
    public async Task<WireRequest> HandedOverAsync(string persona, string service = CityListing.Parking)
    {
        var request = await FetchedAsync(persona, service);
        await request.AgreeAsync(follow: false);
        return request;
    }

    public void Conduct(string name) => Assert.True(Get<CityConduct>().Set(name));

    public Task<WireDelivery> DeliveryAsync(Guid id) =>
        Portal.ReadAsync(db => db.Set<WireDelivery>().SingleAsync(d => d.Id == id));

    public Task<int> PartsAsync(Guid id) =>
        Portal.ReadAsync(db => db.Set<WirePart>().CountAsync(p => p.RequestId == id));

    public Task<ServiceRequest> RowAsync(Guid id) =>
        Portal.ReadAsync(db => db.Set<ServiceRequest>().SingleAsync(r => r.Id == id));

    /// <summary>A fetch as a service does it.</summary>
    public async Task<(int Status, string? Type, byte[] Body, TimeSpan? RetryAfter)> FetchAsync(
        string? ticket,
        string from = "127.0.0.1"
    )
    {
        using var caller = Portal.Visitor(from: IPAddress.Parse(from));
        using var request = new HttpRequestMessage(HttpMethod.Get, "/service/data");
        if (ticket is not null)
            request.Headers.TryAddWithoutValidation("permission_ticket", ticket);
        using var answer = await caller.SendAsync(request);
        var body = await answer.Content.ReadAsByteArrayAsync();
        if (answer.StatusCode == HttpStatusCode.OK)
            await WrittenDownAsync(ticket!);
        return (
            (int)answer.StatusCode,
            answer.Content.Headers.ContentType?.MediaType,
            body,
            answer.Headers.RetryAfter?.Delta
        );
    }

    // The last byte comes a moment before its end is written down.
    private Task<WireDelivery> WrittenDownAsync(string ticket)
    {
        var hash = MyData.Core.OpenId.TransferTokens.HashOf(ticket);
        return Portal.EventuallyAsync(
            "the end of a fetch",
            () =>
                Portal.ReadAsync(db =>
                    db.Set<WireDelivery>()
                        .FirstOrDefaultAsync(d => d.TicketHash == hash && d.State == WireState.Fetched)
                )
        );
    }

    public static IReadOnlyList<string> FieldsOf(string id) =>
        SandboxSchemas.Fields(SandboxAgencies.All.SelectMany(a => a.DataSets).Single(set => set.Id == id));

    /// <summary>The path and query of an entry, each part as a test likes it.</summary>
    public string Entry(
        string? service = null,
        string? sets = null,
        string? txId = null,
        string? returnUrl = null,
        string? pid = null
    )
    {
        service ??= CityListing.Parking;
        sets ??= Base64(CityListing.Vehicle);
        returnUrl ??= ReturnUrl(service);
        var path =
            $"/service/{service}/{sets}/{txId ?? Guid.NewGuid().ToString()}?returnUrl={Uri.EscapeDataString(returnUrl)}";
        return pid is null ? path : $"{path}&pid={Uri.EscapeDataString(pid)}";
    }

    public string ReturnUrl(string service) =>
        $"{Portal.Origin.GetLeftPart(UriPartial.Authority)}/sandbox/city/{service}/back";

    public CitySecret Secret(string service = CityListing.Parking) => Get<CitySecrets>().Of(service);

    public static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));

    public async ValueTask DisposeAsync()
    {
        foreach (var citizen in _citizens.Values)
            citizen.Dispose();
        await Portal.DisposeAsync();
    }
}

/// <summary>One request over the national wire in her browser, its modules played in C#.</summary>
public sealed class WireRequest(WireHouse house, CitizenDriver citizen, string service)
{
    private readonly string _application = citizen
        .Cookies.All.Single(cookie =>
            cookie.Name == "sandbox-city" && cookie.Path.EndsWith(service, StringComparison.Ordinal)
        )
        .Value;

    public HandedRequest Steps { get; } = new(citizen, house.Portal.Committed);
    public CitizenDriver Citizen => citizen;
    public Guid Id => Steps.Id;

    /// <summary>What the city has of it.</summary>
    public CityApplication Application => house.Get<CityApplications>().Find(_application, service)!;

    /// <summary>What her browser builds, encrypts and uploads, and her yes.</summary>
    /// <param name="follow">whether she goes where she is led</param>
    /// <returns>The last address of the portal's, or of the city's.</returns>
    public async Task<Uri> AgreeAsync(bool follow = true, Func<Upload, Upload>? change = null)
    {
        var (jwe, key) = await WireBrowser.BuildAsync(Steps);
        var upload = new Upload(Guid.NewGuid(), Encoding.ASCII.GetBytes(jwe), key);
        upload = change?.Invoke(upload) ?? upload;
        await UploadAsync(upload.Id, upload.Bytes);
        var fields = WireBrowser.Fields(upload, jwe);
        if (follow)
        {
            await citizen.SubmitAsync("wire-hand-over", fields);
            return citizen.Page.Via.FirstOrDefault(url => url.AbsolutePath.EndsWith("/back", StringComparison.Ordinal))
                ?? citizen.Page.Url;
        }
        return await PostAsync(fields);
    }

    /// <summary>Sends the form of the page before her; where its answer leads.</summary>
    public async Task<Uri> PostAsync(params (string Name, string Value)[] fields)
    {
        var form = citizen.Page.Form("wire-hand-over");
        var values = form
            .Elements.Where(control => control.GetAttribute("type") == "hidden")
            .Select(control => control.GetAttribute("name")!)
            .Where(name => fields.All(field => field.Name != name))
            .Select(name =>
                KeyValuePair.Create(name, form.QuerySelector($"[name={name}]")!.GetAttribute("value") ?? "")
            )
            .Concat(fields.Select(field => KeyValuePair.Create(field.Name, field.Value)));
        using var request = new HttpRequestMessage(HttpMethod.Post, form.GetAttribute("action"))
        {
            Content = new FormUrlEncodedContent(values),
        };
        using var answer = await citizen.SendAsync(request);
        Assert.Equal(HttpStatusCode.SeeOther, answer.StatusCode);
        return new Uri(house.Portal.Origin, answer.Headers.Location!);
    }

    /// <returns>The last answer's status.</returns>
    public Task<HttpStatusCode> UploadAsync(Guid upload, byte[] bytes) =>
        WireBrowser.UploadAsync(citizen, Id, upload, bytes);

    /// <summary>The code with which she was led back, and that the transaction is the city's own.</summary>
    public string CodeOf(Uri back)
    {
        var query = QueryHelpers.ParseQuery(back.Query);
        Assert.Equal(Application.TxId, CityWire.Decrypt(house.Secret(service), query["tx_id"].ToString()));
        return query["code"].ToString();
    }
}

/// <summary>The wire's doubled secret, in a test's own words.</summary>
public static class CityWire
{
    public static string Encrypt(CitySecret secret, byte[] plain)
    {
        using var aes = Of(secret);
        return Convert.ToBase64String(aes.EncryptCbc(plain, Encoding.ASCII.GetBytes(secret.CbcIv)));
    }

    public static string Encrypt(CitySecret secret, string text) => Encrypt(secret, Encoding.ASCII.GetBytes(text));

    public static string Decrypt(CitySecret secret, string text)
    {
        using var aes = Of(secret);
        return Encoding.ASCII.GetString(
            aes.DecryptCbc(Convert.FromBase64String(text), Encoding.ASCII.GetBytes(secret.CbcIv))
        );
    }

    private static Aes Of(CitySecret secret)
    {
        var aes = Aes.Create();
        aes.Key = Encoding.ASCII.GetBytes(secret.Secret + secret.Secret);
        return aes;
    }
}
