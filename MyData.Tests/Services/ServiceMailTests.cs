using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Notifications;
using MyData.Core.Services;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Bank;

namespace MyData.Tests.Services;

/// <summary>Whoever runs a service hears by mail of what it refuses and owes: once a day, with numbers, and nothing of whom it is about.</summary>
public sealed class ServiceMailTests : IAsyncLifetime, IMailTransport
{
    private const string Contact = "events@bank.example";

    private readonly List<Mail> _mails = [];
    private readonly Guid _citizen = Ids.New();
    private readonly CoreHost _host;
    private MailException? _problem;

    public ServiceMailTests() =>
        _host = new CoreHost(services =>
            services
                .AddSingleton<IMailTransport>(this)
                .AddSingleton(
                    new NoticeSettings
                    {
                        From = "notice@mydata.example",
                        Portal = () => "https://mydata.example",
                        HelpPhone = "0800-000-000",
                        HelpEmail = "help@mydata.example",
                    }
                )
        );

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await ImportAsync(Contact);

    Task IMailTransport.SendAsync(Mail mail, CancellationToken cancellationToken)
    {
        _mails.Add(mail);
        return _problem is { } problem ? throw problem : Task.CompletedTask;
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Refused_IsMailedOnceADay_WithNumbersAndCodes_UntilItIsTaken()
    {
        var refused = Told(failure: ServiceCodes.EventRefused);
        await AddAsync(
            refused,
            Told(failure: ServiceCodes.EventRefused),
            // Too young to be late, taken, and an agency's.
            Told(failure: ServiceCodes.EventNotTaken),
            Told(state: SecurityEventState.Taken),
            Told(failure: ServiceCodes.EventRefused, audience: "agency")
        );
        await MailAsync();
        await MailAsync();
        var mail = Assert.Single(_mails);
        Assert.Equal(Contact, mail.To);
        Assert.Contains("2", mail.Subject, StringComparison.Ordinal);
        foreach (
            var expected in (string[])
                [
                    "service.event_refused　　2 件",
                    "service.event_not_taken　0 件",
                    "信用貸款申請",
                    "service.event_refused    2",
                    "Loan application",
                    "https://mydata.example/api/v1/events",
                    "help@mydata.example",
                ]
        )
            Assert.Contains(expected, mail.Text, StringComparison.Ordinal);
        foreach (var hers in (string[])[$"{_citizen}", $"{refused.Id}", $"{refused.RequestId}", "secret-of-hers"])
            Assert.DoesNotContain(hers, mail.Text + mail.Subject, StringComparison.Ordinal);

        _host.Time.Advance(TimeSpan.FromHours(23));
        await MailAsync();
        Assert.Single(_mails);
        _host.Time.Advance(TimeSpan.FromHours(1));
        await MailAsync();
        Assert.Equal(2, _mails.Count);
        Assert.NotEqual(mail.MessageId, _mails[1].MessageId);
        // By now the young one is late.
        Assert.Contains("service.event_not_taken　1 件", _mails[1].Text, StringComparison.Ordinal);

        await _host.WriteAsync(scope =>
        {
            foreach (var one in scope.Db.Set<SecurityEvent>().ToList())
                SecurityEventTokens.End(scope, one, SecurityEventState.Taken, null);
            scope.Bookkeeping();
        });
        _host.Time.Advance(TimeSpan.FromDays(1));
        await MailAsync();
        Assert.Equal(2, _mails.Count);
    }

    [Fact]
    public async Task OverdueAnswer_IsMailed()
    {
        var request = new ServiceRequest
        {
            Id = Ids.New(),
            UriHash = "one",
            ServiceId = BankListing.Id,
            Content = [],
            State = RequestState.Received,
            CreatedAt = Now.AddDays(-60),
            ExpiresAt = Now.AddDays(-60),
        };
        var item = new ServiceItem
        {
            RequestId = request.Id,
            TransferId = Ids.New(),
            DataSetId = BankListing.Household,
            FetchedAt = Now.AddDays(-60),
            DueAt = Now.AddDays(-2),
            OverdueAt = Now.AddDays(-1),
        };
        await AddAsync(request, item);
        await MailAsync();
        Assert.Contains("deletion-overdue　　　　 1 件", Assert.Single(_mails).Text, StringComparison.Ordinal);
    }

    /// <summary>A mail server that is away, and a process that dies meanwhile: the same mail again, by its Message-ID, and then no more that day.</summary>
    [Fact]
    public async Task MailServerAway_TheSameMailIsTriedAgain_AlsoAfterARestart()
    {
        await AddAsync(Told(failure: ServiceCodes.EventRefused));
        _problem = new MailException("mail.unreachable", forGood: false);
        await MailAsync();
        await MailAsync();
        Assert.Single(_mails);
        await _host.RestartAsync();
        _problem = null;
        _host.Time.Advance(TimeSpan.FromMinutes(1));
        await MailAsync();
        await MailAsync();
        Assert.Equal(2, _mails.Count);
        Assert.Equal(_mails[0].MessageId, _mails[1].MessageId);
        _host.Time.Advance(TimeSpan.FromHours(1));
        await MailAsync();
        Assert.Equal(2, _mails.Count);
    }

    [Fact]
    public async Task NoContact_NobodyIsMailed()
    {
        await ImportAsync(null);
        await AddAsync(Told(failure: ServiceCodes.EventRefused));
        await MailAsync();
        Assert.Empty(_mails);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nobody")]
    [InlineData("a@b.example\r\nBcc: c@d.example")]
    [InlineData(" a@b.example")]
    public async Task Import_ContactThatIsNoAddress_IsRefused(string contact) =>
        await Assert.ThrowsAsync<CatalogueException>(() => ImportAsync(contact));

    private DateTimeOffset Now => _host.Time.GetUtcNow();

    private Task MailAsync() => _host.Get<ServiceMails>().SendDueAsync(Stop);

    private async Task ImportAsync(string? contact)
    {
        var key = Jwk.GenerateEc("open");
        var bank = BankListing.Services(new BankKeys(key, key))[0] with { Contact = contact };
        await _host.Get<OnlineServices>().ImportAsync([bank], Stop);
    }

    private SecurityEvent Told(
        SecurityEventState state = SecurityEventState.Waiting,
        string? failure = null,
        string? audience = null
    ) =>
        new()
        {
            Id = Ids.New(),
            ServiceId = BankListing.Id,
            Audience = audience,
            CitizenId = _citizen,
            RequestId = Ids.New(),
            Kind = SecurityEventTokens.ConsentRevoked,
            Content = """{"consent_id":"secret-of-hers"}""",
            CreatedAt = Now,
            State = state,
            Failure = failure,
            EndedAt = state == SecurityEventState.Waiting ? null : Now,
        };

    private Task AddAsync(params object[] rows) =>
        _host.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            scope.Db.AddRange(rows);
        });
}
