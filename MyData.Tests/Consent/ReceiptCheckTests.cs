using System.Text;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.OpenId;
using MyData.Tests.Support;

namespace MyData.Tests.Consent;

/// <summary>An old receipt stays good; one that is dated outside its key's time is refused. ReceiptTests has the same for Chromium.</summary>
public sealed class ReceiptCheckTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 1, 0, 0, TimeSpan.Zero);

    private readonly CoreHost _host = new(services => services.AddSingleton<IIssuer, NarrowReceiptTests.Here>());

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Receipt_OfAKeyThatWasRetired_StillVerifies()
    {
        var old = Receipt("API.vehicle");
        var first = _host.Get<SigningKeys>().Published[0];
        await RollAsync();
        Assert.False(_host.Get<SigningKeys>().Published[1].IsPrivate);
        ReceiptCheck.Verify(old, _host.Get<SigningKeys>().Published);
        var today = Receipt("API.vehicle");
        Assert.NotEqual(first.Kid, KidOf(today));
        ReceiptCheck.Verify(today, _host.Get<SigningKeys>().Published);
    }

    [Fact]
    public async Task Receipt_ShownToOneAgencyOfTwoAfterTheRoll_Verifies()
    {
        var consent = _host.Get<Consents>().Prepare(NarrowReceiptTests.Draft("API.vehicle", "API.income"));
        await RollAsync();
        var shown = _host.Get<Consents>().ReceiptFor(consent, "API.vehicle");
        Assert.NotEqual(KidOf(_host.Get<Consents>().Receipt(consent)), KidOf(shown));
        ReceiptCheck.Verify(shown, _host.Get<SigningKeys>().Published);
    }

    /// <summary>Prepared in one key's last moment, signed in the other's first: the moment that the receipt says decides.</summary>
    [Fact]
    public void Receipt_AtTheTurn_IsOfTheKeyOfItsMoment()
    {
        var keys = _host.Get<SigningKeys>();
        var first = keys.Published[0].Kid;
        _host.Time.Advance(SigningKeys.SigningPeriod - SigningKeys.Announcement);
        keys.RollIfDue();
        _host.Time.Advance(SigningKeys.Announcement);
        var turn = _host.Time.GetUtcNow();
        Assert.Equal(first, KidOf(keys.Sign("{}"u8, "test", turn - TimeSpan.FromMilliseconds(1))));
        Assert.NotEqual(first, KidOf(keys.Sign("{}"u8, "test", turn)));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(89 * 86_400, null)]
    [InlineData(90 * 86_400 + 59, null)]
    [InlineData(90 * 86_400 + 60, "receipt.period")]
    [InlineData(400 * 86_400, "receipt.period")]
    [InlineData(-60, null)]
    [InlineData(-61, "receipt.period")]
    public void Issued_InsideOrOutsideTheKeysTime(int seconds, string? code)
    {
        var key = Jwk.GenerateEc("k1", "sig").WithPeriod(Start, Start + SigningKeys.SigningPeriod);
        var at = Start.AddSeconds(seconds).ToUnixTimeSeconds();
        Assert.Equal(code, Refusal($$"""{"iat":{{at}}}""", key));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"iat":"today"}""")]
    [InlineData("""{"iat":1.5}""")]
    [InlineData("""{"iat":1,"iat":2}""")]
    [InlineData("[]")]
    [InlineData("not JSON")]
    public void Content_ThatIsNoReceipt_IsRefused(string content)
    {
        var key = Jwk.GenerateEc("k1", "sig").WithPeriod(Start, null);
        Assert.Equal("receipt.format", Refusal(content, key));
    }

    [Fact]
    public void Key_WithoutATime_IsNotComparedWithIt() => Assert.Null(Refusal("{}", Jwk.GenerateEc("k1", "sig")));

    [Fact]
    public void Key_OfOneSide_IsComparedWithIt()
    {
        var key = Jwk.GenerateEc("k1", "sig");
        var content = $$"""{"iat":{{Start.ToUnixTimeSeconds()}}}""";
        Assert.Null(Refusal(content, key.WithPeriod(Start, null)));
        Assert.Null(Refusal(content, key.WithPeriod(null, Start.AddDays(1))));
        Assert.Equal("receipt.period", Refusal(content, key.WithPeriod(Start.AddDays(1), null)));
        Assert.Equal("receipt.period", Refusal(content, key.WithPeriod(null, Start.AddDays(-1))));
    }

    private static string? Refusal(string content, Jwk key)
    {
        var receipt = Jws.Sign(key, JoseNames.Es256, Encoding.UTF8.GetBytes(content), ReceiptCheck.Type);
        try
        {
            ReceiptCheck.Verify(receipt, [key.PublicOnly()]);
            return null;
        }
        catch (EncryptionException refused)
        {
            return refused.Code;
        }
    }

    private string Receipt(params string[] dataSets)
    {
        var consents = _host.Get<Consents>();
        return consents.Receipt(consents.Prepare(NarrowReceiptTests.Draft(dataSets)));
    }

    private static string KidOf(string jws) => Jws.PeekHeader(jws).GetProperty("kid").GetString()!;

    /// <summary>To where the loop has retired the first key.</summary>
    private async Task RollAsync()
    {
        var (token, keys) = (TestContext.Current.CancellationToken, _host.Get<SigningKeys>());
        using var loop = ActivatorUtilities.CreateInstance<KeyRoller>(_host.Services);
        _host.Time.Advance(SigningKeys.SigningPeriod - SigningKeys.Announcement);
        await loop.StartAsync(token);
        while (keys.Published.Count < 2)
            await Task.Yield();
        while (keys.Published[^1].Expires + SigningKeys.Grace > _host.Time.GetUtcNow())
            _host.Time.Advance(TimeSpan.FromHours(1));
        while (PrivateHalves() > 1)
        {
            _host.Time.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }
        await loop.StopAsync(token);
    }

    private int PrivateHalves() =>
        Directory
            .GetFiles(_host.Get<KeyFolder>().Path, "signing-*.jwk")
            .Count(file => File.ReadAllText(file).Contains("\"d\"", StringComparison.Ordinal));
}
