using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Members;
using MyData.Core.Notifications;
using MyData.Core.Services;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Bank;
using MyData.Web.Sandbox.Library;

namespace MyData.Tests.Members;

/// <summary>A portal with its sandbox, services that sign people in, a new one for each test, and citizens who come from them.</summary>
public sealed class MemberHouse : IAsyncLifetime
{
    public const string Mail = "lin@mail.example";

    private readonly Dictionary<string, CitizenDriver> _citizens = [];
    private readonly List<OnlineServiceListing> _services = [];

    public Portal Portal { get; } =
        Portal.Start(
            new PortalOptions
            {
                Settings =
                [
                    ("MyData:SignIn:Rate:NetworkBurst", "100000"),
                    ("MyData:ClientFailures:PerClient", "100000"),
                    ("MyData:ClientFailures:PerNetwork", "100000"),
                    ("MyData:Person:Changes:AtOnce", "100000"),
                ],
                Services = Meanwhile.PutBefore,
            }
        );

    public T Get<T>()
        where T : notnull => Portal.Services.GetRequiredService<T>();

    public ValueTask InitializeAsync()
    {
        _services.AddRange([BankListing.Services(Get<BankKeys>())[0], LibraryListing.Service(Get<LibraryKeys>())]);
        return ValueTask.CompletedTask;
    }

    /// <summary>A service that nobody has signed in at: her name it needs, her birthday and address it would like to have.</summary>
    public async Task<ServiceDriver> ClubAsync(Func<OnlineServiceListing, OnlineServiceListing>? change = null)
    {
        var key = Jwk.GenerateEc(use: "sig");
        var club = LibraryListing.Service(Get<LibraryKeys>()) with
        {
            Id = $"club-{_services.Count}",
            RedirectUris = [BankListing.Callback],
            EventUrl = null,
            ClientKeys = [key.PublicOnly().ToJson()],
        };
        _services.Add(change?.Invoke(club) ?? club);
        await Get<OnlineServices>().ImportAsync(_services);
        return new ServiceDriver(Portal.Origin, club.Id, key);
    }

    /// <summary>What is registered of it becomes something else.</summary>
    public Task ChangeAsync(ServiceDriver club, Func<OnlineServiceListing, OnlineServiceListing> change)
    {
        var at = _services.FindIndex(service => service.Id == club.ClientId);
        _services[at] = change(_services[at]);
        return Get<OnlineServices>().ImportAsync(_services);
    }

    /// <summary>Signed in at level 2, in a browser of her own for all tests.</summary>
    public async Task<CitizenDriver> CitizenAsync(string persona)
    {
        if (_citizens.TryGetValue(persona, out var known))
            return known;
        var citizen = Portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona(persona));
        return _citizens[persona] = citizen;
    }

    public async Task<Guid> IdAsync(string persona)
    {
        await CitizenAsync(persona);
        var id = SandboxSteps.Persona(persona).Id;
        var accounts = Get<MyData.Core.Citizens.CitizenAccounts>();
        return (await accounts.MatchAsync(id, SandboxSteps.Persona(persona).Birth))!.Value;
    }

    /// <summary>She has an address that she proved.</summary>
    public async Task GiveMailAsync(string persona)
    {
        var id = await IdAsync(persona);
        var email = Get<PersonalDataVault>().Seal(Mail, "citizen-email", id);
        await Get<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                scope
                    .Db.Set<MyData.Core.Citizens.Citizen>()
                    .Where(c => c.Id == id)
                    .ExecuteUpdate(set =>
                        set.SetProperty(c => c.Email, email)
                            .SetProperty(c => c.EmailVerifiedAt, (DateTimeOffset?)scope.Now)
                    );
            });
    }

    /// <summary>What a client sends to sign somebody in, before a test changes it.</summary>
    /// <param name="changes">such as <c>prompt=none</c>; without a value: it is left out</param>
    public static Dictionary<string, string> Request(ServiceDriver club, params string[] changes)
    {
        var fields = club.Request("");
        fields.Remove("authorization_details");
        fields["scope"] = "openid profile email";
        fields["nonce"] = "nonce-of-" + club.State;
        foreach (var change in changes)
            fields[change.Split('=')[0]] = change[(change.IndexOf('=', StringComparison.Ordinal) + 1)..];
        return fields;
    }

    public static string AuthorizePath(ServiceDriver club, ServiceAnswer pushed)
    {
        Assert.Equal("ok", pushed.Refusal);
        var uri = pushed.Json.GetProperty("request_uri").GetString()!;
        return $"/connect/authorize?client_id={club.ClientId}&request_uri={Uri.EscapeDataString(uri)}";
    }

    /// <summary>A pushed sign-in, opened in her browser.</summary>
    public static async Task<Page> OpenAsync(ServiceDriver club, CitizenDriver citizen, params string[] changes) =>
        await citizen.GetAsync(AuthorizePath(club, await club.PushAsync(Request(club, changes))));

    /// <summary>What she answers on the page before her.</summary>
    /// <returns>what the service is told by it</returns>
    public static async Task<Dictionary<string, StringValues>> AnswerAsync(
        CitizenDriver citizen,
        string decision = "agree",
        params string[] claims
    )
    {
        (string, string)[] values = [("decision", decision), .. claims.Select(claim => ("claim", claim))];
        await citizen.SubmitAsync("member-sign-in", values);
        return Told(citizen);
    }

    /// <summary>What the service is told by the address that her browser was led to.</summary>
    public static Dictionary<string, StringValues> Told(CitizenDriver citizen)
    {
        var back = citizen
            .Page.Via.Append(citizen.Page.Url)
            .FirstOrDefault(url => url.AbsolutePath == "/sandbox/bank/callback");
        Assert.True(back is not null, $"She was not led back: {citizen.Page.Url} {citizen.Page.Words}");
        return QueryHelpers.ParseQuery(back.Query);
    }

    /// <summary>From the push to the tokens; she is asked only where she has to be.</summary>
    public async Task<Signed> SignInAsync(
        ServiceDriver club,
        string persona,
        string[]? claims = null,
        params string[] changes
    )
    {
        var citizen = await CitizenAsync(persona);
        await OpenAsync(club, citizen, changes);
        var told = citizen.Page.Html.GetElementById("member-sign-in") is null
            ? Told(citizen)
            : await AnswerAsync(citizen, "agree", claims ?? []);
        return await RedeemAsync(club, told["code"].ToString());
    }

    public async Task<Signed> RedeemAsync(ServiceDriver club, string code)
    {
        var granted = await club.TokenAsync(club.Redemption(code));
        Assert.Equal("ok", granted.Refusal);
        var idToken = granted.Json.GetProperty("id_token").GetString()!;
        var verified = Jws.Verify(idToken, [.. Get<SigningKeys>().Published], JoseNames.SignatureAlgs, "JWT");
        return new(
            code,
            idToken,
            JsonSerializer.Deserialize<JsonElement>(verified.Payload),
            granted.Json.GetProperty("access_token").GetString()!,
            granted.Json
        );
    }

    public Task<Membership?> MembershipAsync(ServiceDriver club, Guid citizen) =>
        Portal.ReadAsync(db =>
            db.Set<Membership>().SingleOrDefaultAsync(m => m.ServiceId == club.ClientId && m.CitizenId == citizen)
        );

    /// <summary>The events of this service and her, oldest first.</summary>
    public async Task<IReadOnlyList<Event>> EventsAsync(ServiceDriver club, Guid citizen) =>
        [
            .. (await Portal.EventsAsync()).Where(e =>
                e.CitizenId == citizen
                && e.Kind.StartsWith("member.", StringComparison.Ordinal)
                && e.Details!.Contains($"\"{club.ClientId}\"", StringComparison.Ordinal)
            ),
        ];

    public Task<int> FirstNoticesAsync(Guid citizen) =>
        Portal.ReadAsync(db =>
            db.Set<Notice>().CountAsync(n => n.CitizenId == citizen && n.Kind == NoticeKinds.MemberFirst)
        );

    /// <summary>Moves the end of her requests into the past; the clock itself would move every other test's.</summary>
    public Task AgeAsync(ServiceDriver club) =>
        Get<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                scope
                    .Db.Set<MemberRequest>()
                    .Where(r => r.ServiceId == club.ClientId)
                    .ExecuteUpdate(set => set.SetProperty(r => r.ExpiresAt, scope.Now.AddSeconds(-1)));
            });

    public async ValueTask DisposeAsync()
    {
        foreach (var citizen in _citizens.Values)
            citizen.Dispose();
        await Portal.DisposeAsync();
    }
}

/// <summary>What a service was given for its code.</summary>
public sealed record Signed(string Code, string IdToken, JsonElement Said, string Access, JsonElement Answer)
{
    public string Subject => Text("sub");

    public string Text(string name) => Said.GetProperty(name).GetString()!;
}
