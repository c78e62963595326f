using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Extensions.DependencyInjection;
using MyData.Tests.Support;
using MyData.Tests.Transfers;

namespace MyData.Tests.Hosting;

/// <summary>The framework's keys rest sealed, and what they protect outlives a restart (security.md W11, F16).</summary>
public sealed class FrameworkKeysTests
{
    [Fact]
    public async Task KeysOnDisk_HoldNothingInClear()
    {
        await using var portal = new Portal();
        portal.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Protect("x");
        var files = Directory.GetFiles(Path.Combine(portal.Folder, "keys", "framework"), "*.xml");
        Assert.NotEmpty(files);
        foreach (var file in files)
        {
            var xml = XDocument.Load(file);
            Assert.NotEmpty(xml.Descendants("sealed"));
            Assert.Empty(xml.Descendants().Where(e => e.Name.LocalName is "masterKey" or "value"));
        }
    }

    [Fact]
    public async Task Restart_SignedInWithAFormOpen_GoesOn()
    {
        await using var portal = new Portal();
        using var lin = await Traveller.SignInAsync(portal);
        var form = await lin.Browser.GetAsync("/account/preferences");
        var protector = portal.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
        var kept = protector.Protect("kept");
        await portal.RestartAsync();
        Assert.Equal(
            "kept",
            portal.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Unprotect(kept)
        );
        var saved = await lin.Browser.SubmitAsync(form, "/account/preferences", ("language", "en"));
        Assert.Equal(200, (int)saved.Status);
        Assert.StartsWith("/account", saved.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Keys_ReadWithAnotherFoldersKey_DoNotOpen()
    {
        await using var portal = new Portal();
        var protector = portal.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test");
        var kept = protector.Protect("kept");
        File.Delete(Path.Combine(portal.Folder, "keys", "framework.key"));
        await portal.RestartAsync();
        Assert.ThrowsAny<System.Security.Cryptography.CryptographicException>(() =>
            portal.Services.GetRequiredService<IDataProtectionProvider>().CreateProtector("test").Unprotect(kept)
        );
    }
}
