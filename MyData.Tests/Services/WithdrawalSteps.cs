using System.Text.Json;
using AngleSharp.Dom;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Notifications;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Bank;
using MyData.Web.Sandbox.Relying;

namespace MyData.Tests.Services;

/// <summary>What the tests of a withdrawal look at: her page's card, rows, events.</summary>
public static class WithdrawalSteps
{
    public static readonly object All = new { maxEvents = SecurityEventPoll.MostAtOnce };

    public static void Set(this ServiceHouse house, string conduct) =>
        Assert.True(house.Portal.Services.GetRequiredKeyedService<RelyingParty>(BankListing.Root).Conduct.Set(conduct));

    public static async Task<IElement> CardAsync(this HandedRequest request) =>
        (await request.Citizen.GetAsync("/consents")).Single($"#consent-{request.Id}");

    public static Task StatusAsync(this ServiceHouse house, HandedRequest request, string status) =>
        Eventually.HoldsAsync(
            house.Portal.Committed,
            $"the card says {status}",
            async () => (await request.CardAsync()).GetAttribute("data-status") == status
        );

    public static async Task<IReadOnlyList<string>> KindsAsync(this ServiceHouse house, HandedRequest request)
    {
        var row = await house.RowAsync(request.Id);
        return [.. (await house.Portal.EventsAsync()).Where(e => e.ConsentId == row.ConsentId).Select(e => e.Kind)];
    }

    /// <summary>The one that the service is told.</summary>
    public static Task<SecurityEvent> EventAsync(this ServiceHouse house, HandedRequest request) =>
        house.Portal.ReadAsync(db =>
            db.Set<SecurityEvent>().SingleAsync(e => e.RequestId == request.Id && e.Audience == null)
        );

    /// <summary>Those that the agency is told, the oldest first.</summary>
    public static Task<List<SecurityEvent>> AgencyEventsAsync(this ServiceHouse house, HandedRequest request) =>
        house.Portal.ReadAsync(db =>
            db.Set<SecurityEvent>()
                .Where(e => e.RequestId == request.Id && e.Audience != null)
                .OrderBy(e => e.Id)
                .ToListAsync()
        );

    public static Task<ServiceItem> ItemAsync(this ServiceHouse house, Guid transfer) =>
        house.Portal.ReadAsync(db => db.Set<ServiceItem>().SingleAsync(item => item.TransferId == transfer));

    public static Task<int> ChunksAsync(this ServiceHouse house, Guid transfer) =>
        house.Portal.ReadAsync(db => db.Set<PackageChunk>().CountAsync(chunk => chunk.TransferId == transfer));

    public static Task<List<string>> NoticesAsync(this ServiceHouse house, Guid citizen) =>
        house.Portal.ReadAsync(db =>
            db.Set<Notice>().Where(n => n.CitizenId == citizen).Select(n => n.Kind).ToListAsync()
        );

    /// <summary>Moves what is due into the past; the clock itself would move every other test's.</summary>
    public static Task AgeAsync(this ServiceHouse house, Guid transfer, TimeSpan by) =>
        house
            .Get<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                scope
                    .Db.Set<ServiceItem>()
                    .Where(item => item.TransferId == transfer)
                    .ExecuteUpdate(set =>
                        set.SetProperty(item => item.DueAt, (DateTimeOffset?)(scope.Now - by))
                            .SetProperty(
                                item => item.OverdueAt,
                                item => item.OverdueAt == null ? null : (DateTimeOffset?)(scope.Now - by)
                            )
                    );
            });

    public static Dictionary<string, string> Sets(this ServiceAnswer answer) =>
        answer
            .Json.GetProperty("sets")
            .EnumerateObject()
            .ToDictionary(one => one.Name, one => one.Value.GetString()!, StringComparer.Ordinal);

    public static JsonElement Verified(this ServiceHouse house, string set, ServiceDriver service)
    {
        var verified = Jws.Verify(
            set,
            [.. house.Get<SigningKeys>().Published],
            JoseNames.SignatureAlgs,
            "secevent+jwt"
        );
        var claims = JsonSerializer.Deserialize<JsonElement>(verified.Payload);
        Assert.Equal(
            (service.Issuer, service.ClientId),
            (claims.GetProperty("iss").GetString(), claims.GetProperty("aud").GetString())
        );
        return claims;
    }

    public static JsonElement Payload(string set) =>
        JsonSerializer.Deserialize<JsonElement>(Base64UrlText.Decode(set.Split('.')[1]));
}
