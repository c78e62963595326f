using System.Net;
using System.Text;
using MyData.Core.Encryption;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Bank;

namespace MyData.Tests.Services;

/// <summary>What strangers can make a service's requests cost: nothing that shuts it out, and nothing that is had for nothing.</summary>
public sealed class ClientLockoutTests : IAsyncDisposable
{
    // The bucket runs empty while it fills, so one more than this stops.
    private const int Most = 5;
    private readonly Portal _portal = Portal.Start(
        new PortalOptions
        {
            Settings = [("MyData:ClientFailures:PerClient", $"{Most}"), ("MyData:ClientFailures:Forget", "01:00:00")],
        }
    );
    private readonly ServiceDriver _bank;

    public ClientLockoutTests() =>
        _bank = new ServiceDriver(
            _portal.Origin,
            BankListing.Id,
            _portal.Services.GetService(typeof(BankKeys)) is BankKeys keys
                ? keys.Client
                : throw new InvalidOperationException("No bank.")
        );

    /// <summary>Anybody may call its callback with a code of his own making, and it has to ask.</summary>
    [Fact]
    public async Task CodesThatAreNone_DoNotShutOutTheServiceThatAsksForThem()
    {
        for (var n = 0; n < 4 * Most; n++)
            Assert.StartsWith(
                "invalid_grant ",
                (await _bank.TokenAsync(_bank.Redemption(ServiceDriver.Random()))).Refusal,
                StringComparison.Ordinal
            );
        for (var n = 0; n <= Most; n++)
            Assert.StartsWith(
                "invalid_client ",
                (await WrongAsync(claims => claims["aud"] = "https://elsewhere.example")).Refusal,
                StringComparison.Ordinal
            );
        Assert.Equal("client.too_many client.too_many", (await WrongAsync(_ => { })).Refusal);
    }

    /// <summary>Half a surrogate pair, and a time past the calendar: refused as anything else is, and counted.</summary>
    [Theory]
    [InlineData("""{"iss":"\ud800"}""")]
    [InlineData("""{"iss":"bank","sub":"bank","aud":"ISSUER","jti":"12345678","exp":99999999999999}""")]
    public async Task Assertion_ThatNoStringOrTimeCanHold_IsRefused(string claims)
    {
        var payload = claims
            .Replace("bank", BankListing.Id, StringComparison.Ordinal)
            .Replace("ISSUER", _bank.Issuer, StringComparison.Ordinal);
        var assertion = Jws.Sign(_bank.ClientKey, JoseNames.Es256, Encoding.ASCII.GetBytes(payload));
        for (var n = 0; n <= Most; n++)
            Assert.StartsWith(
                "invalid_client ",
                (await _bank.PushAsync(_bank.Request("[]"), assertion)).Refusal,
                StringComparison.Ordinal
            );
        Assert.Equal(HttpStatusCode.TooManyRequests, (await _bank.PushAsync(_bank.Request("[]"), assertion)).Status);
    }

    [Fact]
    public async Task Proof_WithANonceThatNoStringCanHold_IsAskedForOurs()
    {
        var payload = Base64UrlText.Encode("""{"nonce":"\ud800"}"""u8);
        var answer = await _bank.PackageAsync(Guid.NewGuid(), "none", $"e30.{payload}.AAAA");
        Assert.Equal("use_dpop_nonce dpop.nonce", answer.Refusal);
    }

    public async ValueTask DisposeAsync()
    {
        _bank.Dispose();
        await _portal.DisposeAsync();
    }

    private Task<ServiceAnswer> WrongAsync(Action<Dictionary<string, object>> change) =>
        _bank.PushAsync(_bank.Request("[]"), _bank.Assertion(change));
}
