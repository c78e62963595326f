using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MyData.E2E.Support;

namespace MyData.E2E.Running;

/// <summary>Production as an operator starts it (security.md F16): with every setting and key, or not at all.</summary>
public sealed class ProductionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-production-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Start_SettingsMissingAndSandboxOn_IsRefusedWithALineForEach()
    {
        var (exit, output) = await PortalProcess.RunAsync(
            new Dictionary<string, string>
            {
                ["ASPNETCORE_ENVIRONMENT"] = "Production",
                ["MyData:Sandbox:Enabled"] = "true",
                ["MyData:HelpDesk:Phone"] = "02-0000-0000",
            }
        );
        Assert.Equal(1, exit);
        string[] named =
        [
            "MyData:Sandbox:Enabled is on",
            "MyData:Origin must be",
            "MyData:TrustedRoots is not set",
            "MyData:HelpDesk:Email is not set",
            "MyData:Mail:Host is not set",
            "MyData:Mail:From is not set",
            "MyData:SignIn:Upstream:Authority must be",
            "MyData:SignIn:DocumentAuthority must be",
        ];
        var lines = output.Split('\n').Select(line => line.Trim()).ToList();
        foreach (var setting in named)
            Assert.Single(lines, line => line.StartsWith(setting, StringComparison.Ordinal));
        Assert.DoesNotContain("MyData:HelpDesk:Phone", output, StringComparison.Ordinal);
        Assert.DoesNotContain(lines, line => line.StartsWith("at ", StringComparison.Ordinal));
        Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Now listening", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_KeysMissing_IsRefusedAndMakesNone_ThenStartsWithThoseThatTheCommandMade()
    {
        var settings = Complete();
        var (exit, output) = await PortalProcess.RunAsync(settings);
        Assert.NotEqual(0, exit);
        foreach (var key in new[] { "personal-data.key", "pseudonym.key", "signing-*.jwk" })
            Assert.Contains($"MyData:Keys: '{key}' is missing", output, StringComparison.Ordinal);
        var keys = settings["MyData:Keys"];
        Assert.False(Directory.Exists(keys) && Directory.EnumerateFiles(keys, "*", SearchOption.AllDirectories).Any());

        (exit, output) = await PortalProcess.RunAsync(settings, "keys");
        Assert.True(exit == 0, output);

        await using var portal = await PortalProcess.StartAsync(settings);
        using var visitor = portal.Visitor();
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/")).Status);
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/datasets")).Status);
        Assert.Equal("ok", (await visitor.GetAsync("/health")).Text);
        string[] sandbox =
        [
            "/sandbox",
            "/sandbox/mailbox",
            "/sandbox/mailbox.json",
            "/sandbox/misbehave",
            "/sandbox/kill-switch",
            "/sandbox/agencies/ris/household?heartbeat=true",
            "/agencies/ris/household?heartbeat=true",
            "/sandbox/idp/.well-known/openid-configuration",
        ];
        foreach (var path in sandbox)
            Assert.Equal(HttpStatusCode.NotFound, (await visitor.GetAsync(path)).Status);

        // What the first start left in the key folder must not stop the second.
        await portal.RestartAsync();
        Assert.Equal(HttpStatusCode.OK, (await visitor.GetAsync("/")).Status);
    }

    private Dictionary<string, string> Complete()
    {
        var roots = Directory.CreateDirectory(Path.Combine(_folder, "roots")).FullName;
        using var key = RSA.Create(2048);
        var request = new CertificateRequest(
            "CN=Made-up Root",
            key,
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        using var root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllBytes(Path.Combine(roots, "root.cer"), root.RawData);
        return new()
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["MyData:Keys"] = Path.Combine(_folder, "keys"),
            ["MyData:Origin"] = "https://mydata.example",
            ["MyData:TrustedRoots"] = roots,
            ["MyData:HelpDesk:Phone"] = "02-0000-0000",
            ["MyData:HelpDesk:Email"] = "help@mydata.example",
            ["MyData:Mail:Host"] = "mail.mydata.example",
            ["MyData:Mail:From"] = "no-reply@mydata.example",
            ["MyData:SignIn:Upstream:Authority"] = "https://identity.example",
            ["MyData:SignIn:DocumentAuthority"] = "https://documents.example/match",
        };
    }
}
