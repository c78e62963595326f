using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Citizens;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Tests.Support;
using MyData.Web.Features.SignIn;

namespace MyData.Tests.SignIn;

/// <summary>A portal whose sources of identity are ours: a provider over HTTP, an authority in memory, a clock that stands.</summary>
public class SignInHouse : IAsyncLifetime
{
    private readonly Engine _engine;
    private Portal? _portal;
    private FakeProvider? _provider;

    public SignInHouse()
        : this(TestDatabase.Default) { }

    protected SignInHouse(Engine engine) => _engine = engine;

    public Portal Portal => _portal!;
    public FakeProvider Provider => _provider!;
    public FakeDocuments Documents { get; } = new();
    public ManualTime Time { get; } = new(TimeProvider.System.GetUtcNow());

    /// <summary>Settings over the usual ones; before the house starts.</summary>
    public List<(string, string)> Settings { get; } = [];

    public async ValueTask InitializeAsync()
    {
        _provider = await FakeProvider.StartAsync(Time);
        _portal = Portal.Start(
            new()
            {
                Engine = _engine,
                Time = Time,
                Settings =
                [
                    ("MyData:SignIn:Upstream:Authority", _provider.Issuer),
                    // All tests of a class come from one address; those about limits say their own.
                    ("MyData:SignIn:Rate:NetworkBurst", "100000"),
                    .. Settings,
                ],
                Services = services =>
                {
                    services.Replace(ServiceDescriptor.Singleton<IDocumentAuthority>(Documents));
                    services.Replace(ServiceDescriptor.Singleton<IMailTransport>(new ClosedMailServer()));
                },
            }
        );
    }

    public async ValueTask DisposeAsync()
    {
        if (_portal is not null)
            await _portal.DisposeAsync();
        if (_provider is not null)
            await _provider.DisposeAsync();
    }

    public static async Task<SignInHouse> StartAsync(params (string, string)[] settings)
    {
        var house = new SignInHouse();
        house.Settings.AddRange(settings);
        await house.InitializeAsync();
        return house;
    }

    public static async Task<Page> DocumentsAsync(CitizenDriver browser, Person person, string query = "")
    {
        await browser.GetAsync(SignInUrls.Documents + query);
        return await browser.SubmitAsync(
            "documents",
            ("id", person.Id),
            ("health_card", person.HealthCard),
            ("household", person.Household)
        );
    }

    public async Task<Page> UpstreamAsync(CitizenDriver browser, Person person, string query = "")
    {
        Provider.Person = person;
        return await browser.GetAsync(SignInUrls.UpstreamStart + query);
    }

    public Task<Page> ProveAsync(CitizenDriver browser, string method, Person person, string query = "") =>
        method == "oidc" ? UpstreamAsync(browser, person, query) : DocumentsAsync(browser, person, query);

    public T Get<T>()
        where T : notnull => Portal.Services.GetRequiredService<T>();

    /// <summary>Whose session this browser holds.</summary>
    public async Task<Guid> CitizenIdAsync(CitizenDriver browser) =>
        (await SessionAsync(browser))?.CitizenId ?? throw new InvalidOperationException("She is not signed in.");

    public Task<SessionInfo?> SessionAsync(CitizenDriver browser) =>
        Get<Sessions>().FindAsync(browser.Cookies[SessionCookie.Name]?.Value);

    /// <summary>A citizen whose first use is complete (now, if it was not), and who is signed in.</summary>
    public async Task<CitizenDriver> CitizenAsync(Person person)
    {
        var browser = Portal.Visitor();
        await DocumentsAsync(browser, person);
        await UpstreamAsync(browser, person);
        if (browser.Page.Path == SignInUrls.Welcome)
            await browser.SubmitAsync("welcome");
        Assert.True(await IsSignedInAsync(browser), browser.Page.Text);
        return browser;
    }

    /// <summary>Whether this browser's cookie opens a page that wants a citizen.</summary>
    public static async Task<bool> IsSignedInAsync(CitizenDriver browser)
    {
        using var response = await browser.SendAsync(new HttpRequestMessage(HttpMethod.Get, "/account"));
        return response.Headers.Location?.ToString().StartsWith(SignInUrls.SignInPath, StringComparison.Ordinal)
            is not true;
    }

    // Mail waits, so that a test can look at what would be sent: once sent, its secrets are gone.
    private sealed class ClosedMailServer : IMailTransport
    {
        public Task SendAsync(Mail mail, CancellationToken cancellationToken) =>
            throw new MailException("mail.no-server", forGood: false);
    }

    public async Task<List<Event>> EventsAsync(string kind) =>
        (await Portal.EventsAsync()).FindAll(e => e.Kind == kind);
}

public sealed class PostgresSignInHouse() : SignInHouse(Engine.Postgres);
