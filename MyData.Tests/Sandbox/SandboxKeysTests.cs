using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MyData.Core.Encryption;
using MyData.Web.Sandbox;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Keys;

namespace MyData.Tests.Sandbox;

public sealed class SandboxKeysTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-keys-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task LoadOrCreate_ManyAtOnce_AllHoldTheSameKeys()
    {
        string[] few = ["one", "two"];
        var started = new TaskCompletionSource();
        var tasks = Enumerable
            .Range(0, 12)
            .Select(_ =>
                Task.Run(async () =>
                {
                    await started.Task;
                    return SandboxKeys.LoadOrCreate(_folder, few, TimeProvider.System);
                })
            )
            .ToList();
        started.SetResult();
        var keys = await Task.WhenAll(tasks);
        Assert.Single(keys.Select(k => k.Root.Thumbprint).Distinct());
        Assert.Single(keys.Select(k => k.ClientSecret).Distinct());
        Assert.Single(keys.Select(k => k.Agency("two").ClientKey.Thumbprint()).Distinct());
        Assert.Equal(["keys.json", "keys.lock"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        foreach (var made in keys)
            made.Dispose();
    }

    [Fact]
    public void LoadOrCreate_Again_ReadsWhatWasMade()
    {
        using var first = SandboxKeys.LoadOrCreate(_folder, ["one"], TimeProvider.System);
        using var second = SandboxKeys.LoadOrCreate(_folder, ["one"], TimeProvider.System);
        Assert.Equal(first.Agency("one").Certificate.RawData, second.Agency("one").Certificate.RawData);
        Assert.Equal(first.IdentityProvider.ToJson(), second.IdentityProvider.ToJson());
        if (!OperatingSystem.IsWindows())
        {
            var mode = File.GetUnixFileMode(Path.Combine(_folder, "keys.json"));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
        }
    }

    [Fact]
    public void LoadOrCreate_AnAgencyMore_MakesThemAllAnew()
    {
        using var before = SandboxKeys.LoadOrCreate(_folder, ["one"], TimeProvider.System);
        using var after = SandboxKeys.LoadOrCreate(_folder, ["one", "two"], TimeProvider.System);
        Assert.NotEqual(before.Root.Thumbprint, after.Root.Thumbprint);
    }

    [Fact]
    public void Certificates_OfTheAgencies_LeadToTheRootAndHoldTheirKeys()
    {
        using var keys = SandboxKeys.LoadOrCreate(Support.Portal.SandboxKeys, SandboxAgencies.Ids, TimeProvider.System);
        var check = new ConfiguredRoots([keys.Root]);
        var now = TimeProvider.System.GetUtcNow();
        foreach (var id in SandboxAgencies.Ids.Where(id => id != "lapsed"))
        {
            var agency = keys.Agency(id);
            check.Check(agency.Certificate, now);
            using var published = agency.Certificate.GetRSAPublicKey()!;
            Assert.Equal(2048, published.KeySize);
            var signature = agency.WithPackageKey(k =>
                k.SignData("x"u8, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            );
            Assert.True(published.VerifyData("x"u8, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        }
        var lapsed = Assert.Throws<EncryptionException>(() => check.Check(keys.Agency("lapsed").Certificate, now));
        Assert.Equal("certificate.expired", lapsed.Code);
    }

    [Fact]
    public void Listing_Always_HoldsPublicKeysOnly()
    {
        using var keys = SandboxKeys.LoadOrCreate(Support.Portal.SandboxKeys, SandboxAgencies.Ids, TimeProvider.System);
        var listing = SandboxListing.Create(keys);
        Assert.All(listing.SelectMany(p => p.ClientKeys), jwk => Assert.False(Jwk.Parse(jwk).IsPrivate));
        Assert.All(
            listing,
            p =>
                Assert.Equal(
                    p.DataSets.Any(d => d.Wire == Core.Catalog.WireFormat.National),
                    p.ResourceSecret is not null
                )
        );
        Assert.All(
            listing.SelectMany(p => p.DataSets),
            d => Assert.True(d.Endpoint.StartsWith('/') || d.Endpoint.StartsWith("https://", StringComparison.Ordinal))
        );
        Assert.Equal(8, listing.SelectMany(p => p.DataSets).Count(d => !d.Id.Contains("sandbox")));
    }
}
