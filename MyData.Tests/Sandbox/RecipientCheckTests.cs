using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Agencies;

namespace MyData.Tests.Sandbox;

/// <summary>An agency seals for a service only where her receipt says that it is standing, now, and for that key (protocols.md A4).</summary>
public sealed class RecipientCheckTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 30, 8, 0, 0, TimeSpan.Zero);
    private static readonly Jwk Key = Jwk.GenerateEc("service");

    [Theory]
    [InlineData("2026-11-30T08:00:00Z", "2026-11-30T08:00:01Z", null)]
    [InlineData("2026-11-29T08:00:00Z", "2026-11-30T08:00:00Z", "consent.over")]
    [InlineData("2026-11-30T08:00:01Z", "2026-12-30T08:00:00Z", "consent.over")]
    [InlineData("soon", "2026-12-30T08:00:00Z", "consent.over")]
    [InlineData("2026-11-29T08:00:00Z", "never", "consent.over")]
    [InlineData("2026-11-29T08:00:00Z", null, "consent.over")]
    [InlineData(null, null, "consent.not_standing")]
    public void Service_IsSealedFor_WithinItsWindowAlone(string? from, string? until, string? refusal) =>
        Assert.Equal(refusal, Refusal(Receipt(Key, from, until), new("service", Key.Kid!, Key)));

    [Fact]
    public void Service_OfAnotherKey_OrNoRecipientOfTheReceipt_IsRefused()
    {
        const string from = "2026-11-29T08:00:00Z";
        const string until = "2026-12-30T08:00:00Z";
        var other = Jwk.GenerateEc(Key.Kid);
        Assert.Equal("consent.recipient", Refusal(Receipt(Key, from, until), new("service", other.Kid!, other)));
        Assert.Equal(
            "consent.recipient",
            Refusal(Receipt(Key, from, until, "citizen-browser"), new("service", Key.Kid!, Key))
        );
        Assert.Equal("consent.not_standing", Refusal(new { }, new("service", Key.Kid!, Key)));
    }

    [Fact]
    public void Browser_NeedsNoStandingReceipt_AndOtherRolesAreRefused()
    {
        Assert.Null(Refusal(Receipt(Key, null, null), new("citizen", Key.Thumbprint(), Key)));
        Assert.Equal("request.role", Refusal(Receipt(Key, null, null), new("platform", Key.Kid!, Key)));
    }

    private static object Receipt(Jwk key, string? from, string? until, string type = "online-service")
    {
        var purpose = new Dictionary<string, object>
        {
            ["recipients"] = new[] { new { type, key_thumbprint = key.Thumbprint() } },
        };
        var standing = new Dictionary<string, string>();
        if (from is not null)
            standing["from"] = from;
        if (until is not null)
            standing["until"] = until;
        if (standing.Count > 0)
            purpose["standing"] = standing;
        return new { pii_processing = new { purposes = new[] { purpose } } };
    }

    private static string? Refusal(object receipt, SealRecipient recipient)
    {
        try
        {
            RecipientCheck.Check([recipient], JsonSerializer.SerializeToElement(receipt), Now);
            return null;
        }
        catch (AgencyRefusal refused)
        {
            return refused.Code;
        }
    }
}
