using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Personas;

namespace MyData.Tests.Sandbox;

public sealed class SlowAndNationalTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    private const string Income = "API.syWqjr4flJ";
    private const string Vehicle = "API.60GGfgGX1A";
    private const string Property = "API.Mo23SDWhsn";

    [Fact]
    public async Task Income_FirstCall_IsPreparedAndThenAlwaysTheSamePackage()
    {
        var transfer = Guid.CreateVersion7().ToString();
        using (var first = await Again(transfer).SendAsync())
        {
            Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
            Assert.Equal(TimeSpan.FromSeconds(40), first.Headers.RetryAfter?.Delta);
        }
        sandbox.Time.Advance(TimeSpan.FromSeconds(30));
        using (var early = await Again(transfer).SendAsync())
            Assert.Equal(TimeSpan.FromSeconds(10), early.Headers.RetryAfter?.Delta);
        sandbox.Time.Advance(TimeSpan.FromSeconds(10));
        using var ready = await Again(transfer).SendAsync();
        using var again = await Again(transfer).SendAsync();
        var body = await ready.Content.ReadAsByteArrayAsync();
        Assert.Equal(HttpStatusCode.OK, ready.StatusCode);
        Assert.Equal(body, await again.Content.ReadAsByteArrayAsync());
        using var package = PackageReader.Read(SealedPackage.Open(body, sandbox.BrowserKey).Zip, PackageLimits.Default);
        using var data = JsonDocument.Parse(package.Read("data.json"));
        Assert.Equal("113", data.RootElement.GetProperty("year").GetString());
    }

    [Fact]
    public async Task Income_SameTransferForAnotherKey_IsRefused()
    {
        var transfer = Guid.CreateVersion7().ToString();
        using var first = await Again(transfer).SendAsync();
        var other = Again(transfer).Prepare();
        other.Body["recipients"]![0]!["jwk"] = JsonNode.Parse(Jwk.GenerateEc("thief", "enc").PublicOnly().ToJson());
        using var response = await other.SendAsync();
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Theory]
    [InlineData("")]
    [InlineData("104")]
    [InlineData("2025")]
    [InlineData("113 OR 1=1")]
    public async Task Income_WrongYear_NamesTheParameter(string year)
    {
        using var response = await sandbox.Call(Income, "lin", ("year", year)).SendAsync();
        Assert.Equal(HttpStatusCode.UnprocessableEntity, response.StatusCode);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal("year", problem.RootElement.GetProperty("parameter").GetString());
    }

    [Fact]
    public async Task Vehicle_GoodCall_GivesAPlainSignedZip()
    {
        using var response = await sandbox.Call(Vehicle, "lin").SendAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/zip", response.Content.Headers.ContentType?.MediaType);
        using var package = PackageReader.Read(await response.Content.ReadAsByteArrayAsync(), PackageLimits.Default);
        Assert.Null(package.Info);
        Assert.Equal(sandbox.ProviderOf(Vehicle).CertificateSha256, package.CertificateSha256);
        using var data = JsonDocument.Parse(package.Read("data.json"));
        Assert.Equal(SandboxPersonas.Find("lin")!.Id.Value, data.RootElement.GetProperty("ownerId").GetString());
    }

    [Fact]
    public async Task Property_Year_TravelsAsAHeader()
    {
        using var response = await sandbox.Call(Property, "li", ("INQ_YR", "111")).SendAsync();
        using var package = PackageReader.Read(await response.Content.ReadAsByteArrayAsync(), PackageLimits.Default);
        using var data = JsonDocument.Parse(package.Read("data.json"));
        Assert.Equal("111", data.RootElement.GetProperty("year").GetString());
    }

    [Fact]
    public async Task Vehicle_NothingHeld_Answers204()
    {
        using var response = await sandbox.Call(Vehicle, "kuo").SendAsync();
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Theory]
    [InlineData("token", HttpStatusCode.Unauthorized)]
    [InlineData("inactive", HttpStatusCode.Unauthorized)]
    [InlineData("level", HttpStatusCode.Unauthorized)]
    [InlineData("transaction", HttpStatusCode.Unauthorized)]
    public async Task Vehicle_SomethingWrong_IsRefused(string what, HttpStatusCode status)
    {
        var call = sandbox.Call(Vehicle, "lin").Prepare();
        if (what == "token")
            call.Token = "SHORT";
        if (what == "inactive")
            call.Facts["active"] = false;
        if (what == "level")
            call.Facts["acr"] = "LoA1";
        if (what == "transaction")
            call.Transfer = "not-a-uuid";
        using var response = await call.SendAsync();
        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task Property_NoYear_IsAnError()
    {
        using var response = await sandbox.Call(Property, "lin").SendAsync();
        Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
    }

    private PlatformCall Again(string transfer)
    {
        var call = sandbox.Call(Income, "lin", ("year", "113"));
        call.Transfer = transfer;
        return call;
    }
}
