using System.Security.Cryptography;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Tests.Rules;
using MyData.Tests.Support;
using MyData.Web.Features.Open;

namespace MyData.Tests.Open;

/// <summary>security.md B2: the digest of the served script is the one that the platform has signed.</summary>
public sealed class ScriptListTests(Portal portal) : IClassFixture<Portal>
{
    [Fact]
    public async Task List_EveryScriptThatIsServed_StandsInItByItsDigest()
    {
        using var visitor = portal.Visitor();
        using var list = JsonDocument.Parse((await visitor.GetAsync(ScriptList.Url)).Text);
        var listed = list
            .RootElement.GetProperty("scripts")
            .EnumerateObject()
            .ToDictionary(script => script.Name, script => script.Value.GetString()!);
        var root = Path.Combine(Repository.Root, "MyData.Web", "wwwroot");
        var ours = Repository
            .Files("MyData.Web/wwwroot/js", ".js")
            .Select(file => "/" + Path.GetRelativePath(root, file).Replace('\\', '/'))
            .Append("/_framework/blazor.web.js")
            .ToList();
        Assert.Equal(ours.Order(StringComparer.Ordinal), listed.Keys.Order(StringComparer.Ordinal));
        var wrong = new List<string>();
        foreach (var script in ours)
        {
            var served = (await visitor.GetAsync(script)).Bytes;
            if (listed[script] != $"sha256-{Convert.ToBase64String(SHA256.HashData(served))}")
                wrong.Add(script);
        }
        Findings.None(wrong);
    }

    [Fact]
    public async Task List_IsSignedByThePlatform()
    {
        using var visitor = portal.Visitor();
        using var list = JsonDocument.Parse((await visitor.GetAsync(ScriptList.Url)).Text);
        using var keys = JsonDocument.Parse((await visitor.GetAsync("/.well-known/jwks.json")).Text);
        var published = keys.RootElement.GetProperty("keys").EnumerateArray().Select(key => Jwk.Parse(key)).ToList();
        var signed = Jws.Verify(
            list.RootElement.GetProperty("jws").GetString()!,
            published,
            new HashSet<string> { "ES256" }
        );
        Assert.Equal(ScriptList.Type, signed.Header.GetProperty("typ").GetString());
        using var payload = JsonDocument.Parse(signed.Payload);
        Assert.True(
            JsonElement.DeepEquals(list.RootElement.GetProperty("scripts"), payload.RootElement.GetProperty("scripts"))
        );
    }
}
