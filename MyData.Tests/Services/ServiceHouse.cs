using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Services;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Bank;

namespace MyData.Tests.Services;

/// <summary>A portal with its sandbox, two services, and citizens who come from them.</summary>
public sealed class ServiceHouse : IAsyncLifetime
{
    public const string Other = "other-bank";

    /// <summary>For what makes a service owe so much that it is suspended.</summary>
    public const string Late = "late-bank";

    /// <summary>Asks for the data of the agency that does whatever one asks it to do wrong.</summary>
    public const string Odd = "odd-bank";
    public const string OddSet = "API.sandboxOddN";

    public static IReadOnlyList<string> OddFields { get; } =
        SandboxSchemas.Fields(SandboxAgencies.All.SelectMany(a => a.DataSets).Single(set => set.Id == OddSet));

    /// <summary>May ask for a fetch a day, for half a year; asks for its events.</summary>
    public const string Standing = "standing-bank";

    private readonly Dictionary<string, CitizenDriver> _citizens = [];
    private readonly Jwk _otherKey = Jwk.GenerateEc(use: "sig");

    public Portal Portal { get; } =
        Portal.Start(
            new PortalOptions
            {
                Settings =
                [
                    ("MyData:SignIn:Rate:NetworkBurst", "100000"),
                    ("MyData:ClientFailures:PerClient", "100000"),
                    ("MyData:ClientFailures:PerNetwork", "100000"),
                ],
            }
        );

    public BankKeys Bank => Get<BankKeys>();

    public T Get<T>()
        where T : notnull => Portal.Services.GetRequiredService<T>();

    public async ValueTask InitializeAsync() => await ImportAsync();

    /// <summary>The services of this house; the bank's own as it is changed.</summary>
    public async Task ImportAsync(Func<OnlineServiceListing, OnlineServiceListing>? change = null)
    {
        var bank = BankListing.Services(Bank)[0];
        // It asks for its events.
        var other = bank with
        {
            Id = Other,
            ClientKeys = [_otherKey.PublicOnly().ToJson()],
            EventUrl = null,
        };
        var odd = other with { Id = Odd, Items = [new(OddSet, OddFields, Required: true)] };
        var standing = other with
        {
            Id = Standing,
            Items = [.. bank.Items, new(OddSet, OddFields, Required: false)],
            Standing = new(TimeSpan.FromDays(1), TimeSpan.FromDays(180)),
        };
        await Get<OnlineServices>()
            .ImportAsync([
                change?.Invoke(bank) ?? bank,
                BankListing.Services(Bank)[1],
                other,
                odd,
                other with
                {
                    Id = Late,
                },
                change?.Invoke(standing) ?? standing,
            ]);
    }

    public ServiceDriver BankDriver() => new(Portal.Origin, BankListing.Id, Bank.Client);

    public ServiceDriver OtherDriver(string id = Other) => new(Portal.Origin, id, _otherKey);

    public async Task<CitizenDriver> CitizenAsync(string persona)
    {
        if (_citizens.TryGetValue(persona, out var known))
            return known;
        var citizen = Portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona(persona));
        return _citizens[persona] = citizen;
    }

    /// <summary>The details of the bank's request, before a test changes them.</summary>
    public string Details(
        IReadOnlyList<string>? fields = null,
        string? purpose = null,
        string retention = "P90D",
        object? use = null,
        string? recipient = null,
        string dataSet = BankListing.Household,
        Dictionary<string, string>? parameters = null
    ) =>
        JsonSerializer.Serialize(
            new object[]
            {
                new
                {
                    type = "mydata",
                    datasets = new object[]
                    {
                        new
                        {
                            id = dataSet,
                            fields = fields ?? BankListing.HouseholdFields,
                            parameters = parameters ?? [],
                        },
                    },
                    purpose = purpose ?? BankListing.PurposeCode,
                    retention,
                    use = use ?? "once",
                    recipient_key = recipient ?? Bank.Recipient.Kid,
                },
            }
        );

    /// <summary>A request of this service's, opened in her browser: she stands before the first consent.</summary>
    public async Task<HandedRequest> OpenAsync(
        ServiceDriver service,
        string persona,
        string? details = null,
        string? level = null
    )
    {
        var citizen = await CitizenAsync(persona);
        var fields = service.Request(details ?? Details());
        if (level is not null)
            fields["acr_values"] = level;
        var pushed = await service.PushAsync(fields);
        Assert.Equal("ok", pushed.Refusal);
        var uri = pushed.Json.GetProperty("request_uri").GetString()!;
        await citizen.GetAsync(AuthorizePath(service.ClientId, uri));
        Assert.StartsWith("/services/requests/", citizen.Page.Path, StringComparison.Ordinal);
        return new HandedRequest(citizen, Portal.Committed);
    }

    /// <summary>Up to the code: both consents given.</summary>
    public async Task<(HandedRequest Request, string Code)> CodeAsync(ServiceDriver service, string persona)
    {
        var request = await OpenAsync(service, persona);
        await request.FetchAsync();
        var back = await request.HandOverAsync();
        var query = QueryHelpers.ParseQuery(back.Query);
        Assert.Equal(service.State, query["state"]);
        Assert.Equal(service.Issuer, query["iss"]);
        return (request, query["code"].ToString());
    }

    /// <summary>Up to the token.</summary>
    public async Task<(HandedRequest Request, string Code, string Token, Guid Transfer)> TokenAsync(
        ServiceDriver service,
        string persona
    )
    {
        var (request, code) = await CodeAsync(service, persona);
        var granted = await service.TokenAsync(service.Redemption(code));
        Assert.Equal("ok", granted.Refusal);
        var detail = granted.Json.GetProperty("authorization_details")[0];
        var transfer = detail.GetProperty("datasets")[0].GetProperty("transfer_id").GetGuid();
        return (request, code, granted.Json.GetProperty("access_token").GetString()!, transfer);
    }

    /// <summary>Up to the end: the service has fetched the package and signed for it.</summary>
    public async Task<(HandedRequest Request, Guid Transfer, string Seal)> ReceivedAsync(
        ServiceDriver service,
        string persona,
        int days = 30
    )
    {
        var (request, _, token, transfer) = await TokenAsync(service, persona);
        var fetched = await service.PackageAsync(transfer, token);
        var seal = SealedPackage.Open(fetched.Bytes, Bank.Recipient).Digest.Hex;
        var receipt = service.Receipt(transfer, seal, TimeSpan.FromDays(days));
        Assert.Equal("ok", (await service.ReceiptAsync(transfer, token, receipt)).Refusal);
        return (request, transfer, seal);
    }

    /// <summary>She takes it back: by her own page's button, and its second question.</summary>
    public async Task<Page> WithdrawAsync(HandedRequest request)
    {
        await request.Citizen.GetAsync($"/consents/{request.Id}/withdraw");
        return await request.Citizen.SubmitAsync("withdraw");
    }

    public static string AuthorizePath(string client, string uri) =>
        $"/connect/authorize?client_id={client}&request_uri={Uri.EscapeDataString(uri)}";

    public Task<ServiceRequest> RowAsync(Guid id) =>
        Portal.ReadAsync(db => db.Set<ServiceRequest>().SingleAsync(r => r.Id == id));

    public async Task<IReadOnlyList<Event>> EventsAsync(Guid citizenId) =>
        [.. (await Portal.EventsAsync()).Where(e => e.CitizenId == citizenId)];

    /// <summary>Moves a request's end into the past; the clock itself would move every other test's.</summary>
    public Task AgeAsync(Guid id) =>
        Get<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                scope
                    .Db.Set<ServiceRequest>()
                    .Where(r => r.Id == id)
                    .ExecuteUpdate(set => set.SetProperty(r => r.ExpiresAt, scope.Now.AddSeconds(-1)));
            });

    public async ValueTask DisposeAsync()
    {
        foreach (var citizen in _citizens.Values)
            citizen.Dispose();
        await Portal.DisposeAsync();
    }
}
