using System.IO.Compression;
using MyData.E2E.Support;
using MyData.Tests.Support;

namespace MyData.E2E.Running;

/// <summary>
/// A hand-over to an online service on another origin than the portal, and what is on the portal's disk and in its memory afterwards
/// (security.md R21): nobody's data.
/// </summary>
public sealed class ServiceSecrecyTests
{
    [Fact]
    public async Task HandOver_ToAnotherOrigin_LeavesNothingOfTheDataOnDiskOrInMemory()
    {
        await using var portal = await PortalProcess.StartApartAsync();
        using var citizen = portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));
        await citizen.GetAsync(new Uri(portal.Sandbox!, "/sandbox/bank").ToString());
        await citizen.SubmitAsync("/sandbox/bank/apply");
        Assert.Equal(portal.Origin.Authority, citizen.Page.Url.Authority);
        Assert.Contains(
            $"form-action 'self' {portal.Sandbox!.GetLeftPart(UriPartial.Authority)};",
            citizen.Page.Headers["Content-Security-Policy"],
            StringComparison.Ordinal
        );
        var request = new HandedRequest(citizen);
        await request.FetchAsync();
        var seen = Assert.Single(await request.OpenAsync()).Value.Opened;
        await request.HandOverAsync();

        Assert.Equal(portal.Sandbox.Authority, citizen.Page.Url.Authority);
        citizen.Page.ShouldBeAt("/sandbox/bank/result");
        Assert.Contains(SandboxSteps.Persona("lin").Address, citizen.Page.Words, StringComparison.Ordinal);
        Assert.Equal(0, await portal.CountAsync("package_chunks"));
        Assert.Equal(1, await portal.NumberAsync("select count(*) from events where Kind = 'service.received'"));
        var marker = new Marker(Signature(seen.Zip));
        Assert.Empty(await PortalMemory.FindAsync(portal, marker));
        Assert.Empty(marker.FindInFolder(portal.Folder));
        Assert.Empty(marker.FindInLines(portal.Output));
    }

    // The agency's signature over this one package: 256 random-looking bytes that deflate cannot shorten.
    private static byte[] Signature(byte[] package)
    {
        using var zip = new ZipArchive(new MemoryStream(package));
        using var signature = new MemoryStream();
        using (var content = zip.GetEntry("META-INFO/manifest.sha256withrsa")!.Open())
            content.CopyTo(signature);
        return signature.ToArray();
    }
}
