using System.IO.Compression;
using MyData.E2E.Support;
using MyData.Tests.Support;

namespace MyData.E2E.Running;

/// <summary>
/// Whoever copies the platform's disk or memory gets no data (security.md R21). What is looked for stands in entries that
/// the package stores as they are, so a plain package could not hide it by compression.
/// </summary>
public sealed class SecrecyTests
{
    private const string Household = "API.7QovE2Gev6";
    private const string Vehicles = "API.60GGfgGX1A";

    [Fact]
    public async Task Native_AfterTheWholeJourney_NothingStandsOnDiskOrInMemory()
    {
        await using var portal = await PortalProcess.StartApartAsync();
        using var citizen = portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("lin"));

        var native = await Download.AgreeAsync(citizen, Household);
        var marker = new Marker(await SignatureAsync(native));
        Assert.Empty(await PortalMemory.FindAsync(portal, marker));
        Assert.Empty(marker.FindInFolder(portal.Folder));
        await native.DoneAsync();
        Assert.Empty(await PortalMemory.FindAsync(portal, marker));
        Assert.Empty(marker.FindInFolder(portal.Folder));
        Assert.Empty(marker.FindInLines(portal.Output));

        // The positive control: what the platform itself sealed is found by the very same search.
        var control = new Marker(await SignatureAsync(await Download.AgreeAsync(citizen, Vehicles)));
        Assert.NotEmpty(await PortalMemory.FindAsync(portal, control));
        Assert.Empty(control.FindInFolder(portal.Folder));
    }

    // The agency's signature over this one package: 256 random-looking bytes that deflate cannot shorten.
    private static async Task<byte[]> SignatureAsync(Download download)
    {
        await download.ReadyAsync();
        using var zip = new ZipArchive(
            new MemoryStream(await download.ZipAsync(Assert.Single(await download.WaitingAsync())))
        );
        var entry = zip.GetEntry("META-INFO/manifest.sha256withrsa")!;
        Assert.Equal(entry.Length, entry.CompressedLength);
        using var signature = new MemoryStream();
        using (var content = entry.Open())
            await content.CopyToAsync(signature);
        return signature.ToArray();
    }
}
