using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Personas;

namespace MyData.Tests.Sandbox;

public sealed class NativeEndpointTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    private const string Household = "API.7QovE2Gev6";
    private const string Income = "API.syWqjr4flJ";

    [Fact]
    public async Task Household_GoodCall_GivesAPackageThatOpensAndVerifies()
    {
        var call = sandbox.Call(Household, "lin");
        using var response = await call.SendAsync();
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/jose+json", response.Content.Headers.ContentType?.MediaType);
        var opened = SealedPackage.Open(await response.Content.ReadAsByteArrayAsync(), sandbox.BrowserKey);
        Assert.Equal(call.Subject, opened.Head.Sub);
        Assert.Equal(call.Transfer, opened.Head.Transfer);
        var package = PackageReader.Read(opened.Zip, PackageLimits.Default);
        Assert.Equal(["data.json", "data.csv"], package.Files);
    }
}
