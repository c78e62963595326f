using System.IO.Compression;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using MyData.Core.Consent;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Personas;

namespace MyData.Tests.Sandbox;

public sealed class NativeEndpointTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    private const string Household = "API.7QovE2Gev6";
    private const string Disability = "API.nyhnLM1fve";

    [Fact]
    public async Task Household_GoodCall_GivesAPackageThatOpensAndVerifies()
    {
        var call = sandbox.Call(Household, "lin");
        using var response = await call.SendAsync();
        var opened = await OpenAsync(response);
        Assert.Equal(
            (call.Subject, call.Transfer, Household),
            (opened.Head.Sub, opened.Head.Transfer, opened.Head.DataSet)
        );
        using var package = PackageReader.Read(opened.Zip, PackageLimits.Default);
        Assert.Equal(["data.json", "data.csv"], package.Files);
        Assert.Equal(sandbox.ProviderOf(Household).CertificateSha256, package.CertificateSha256);
        Assert.True(package.Info!.Subject.Matches(SandboxPersonas.Find("lin")!.Id.Value));
        Assert.Equal(
            (Household, call.Transfer, 1),
            (package.Info.DataSet, package.Info.TransferId, package.Info.SchemaVersion)
        );
        using var data = JsonDocument.Parse(package.Read("data.json"));
        Assert.Equal(package.Info.Fields, data.RootElement.EnumerateObject().Select(p => p.Name));
        Assert.Equal("林怡君", data.RootElement.GetProperty("name").GetString());
    }

    // What R21 looks for must stand in the package as it is, so that a search of memory and disk could find it.
    [Fact]
    public async Task Household_ArchiveNumber_StandsUncompressedInThePackage()
    {
        using var response = await sandbox.Call(Household, "chen").SendAsync();
        var zip = (await OpenAsync(response)).Zip;
        using var archive = new ZipArchive(new MemoryStream(zip));
        var csv = archive.GetEntry("data.csv")!;
        Assert.Equal(csv.Length, csv.CompressedLength);
        Assert.True(zip.AsSpan().IndexOf("RIS-"u8) > 0);
    }

    [Fact]
    public async Task Household_SomeFields_AreAllThatIsGiven()
    {
        var call = sandbox.Call(Household, "lin").Prepare();
        call.Body["fields"] = new JsonArray("name", "address");
        using var response = await call.SendAsync();
        using var package = PackageReader.Read((await OpenAsync(response)).Zip, PackageLimits.Default);
        Assert.Equal(["name", "address"], package.Info!.Fields);
        // The archive number was not asked for, so the table that holds it stays away too.
        Assert.Equal(["data.json"], package.Files);
    }

    [Theory]
    [InlineData("wu", Household)]
    [InlineData("kuo", "API.UZQkKbsOpz")]
    [InlineData("nguyen", "API.idPhotoRev")]
    public async Task DataSet_NothingHeld_Answers204(string persona, string dataSet)
    {
        using var response = await sandbox.Call(dataSet, persona).SendAsync();
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Fact]
    public async Task DataSet_StrangerToTheSandbox_Answers204()
    {
        var call = sandbox.Call(Household, "lin").Prepare();
        call.Uid = "A123456789";
        using var response = await call.SendAsync();
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    public static TheoryData<string, int, string> Refusals =>
        new()
        {
            { "inactive", 401, "token.inactive" },
            { "issuer", 401, "token.issuer" },
            { "audience", 401, "token.audience" },
            { "expired", 401, "token.expired" },
            { "binding", 401, "token.binding" },
            { "bearer", 401, "token.binding" },
            { "transfer", 401, "token.transfer" },
            { "dataset", 401, "token.dataset" },
            { "level", 401, "token.level" },
            { "subject", 401, "subject.differs" },
            { "nobody", 401, "subject.unknown" },
            { "consent-stranger", 403, "consent.signature" },
            { "consent-type", 403, "consent.signature" },
            { "consent-none", 403, "consent.signature" },
            { "other-address", 400, "request.dataset" },
            { "version", 400, "request.dataset" },
            { "private-key", 400, "request.key" },
            { "weak-key", 400, "request.key" },
            { "no-recipients", 400, "request.recipients" },
            { "member-missing", 400, "request.json" },
            { "parameter", 422, "parameter.unknown" },
            { "dpop-method", 401, "dpop.htm" },
            { "dpop-address", 401, "dpop.htu" },
            { "dpop-token", 401, "dpop.ath" },
            { "dpop-old", 401, "dpop.iat" },
            { "dpop-future", 401, "dpop.iat" },
            { "dpop-no-id", 401, "dpop.jti" },
            { "dpop-type", 401, "dpop.signature" },
        };

    [Theory, MemberData(nameof(Refusals))]
    public async Task Household_SomethingWrong_IsRefusedByItsCode(string what, int status, string code)
    {
        var call = sandbox.Call(Household, "lin").Prepare();
        Spoil(call, what);
        using var response = await call.SendAsync();
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(code, problem.RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Proof_UsedTwice_IsRefused()
    {
        var call = sandbox.Call(Household, "lin").Prepare();
        using var first = await call.SendAsync();
        using var second = await call.SendAsync();
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (first.StatusCode, second.StatusCode));
    }

    [Fact]
    public async Task Disability_LevelTwo_IsToldWhatItTakes()
    {
        var call = sandbox.Call(Disability, "lin").Prepare();
        call.Facts["acr"] = "LoA2";
        using var response = await call.SendAsync();
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        var challenge = response.Headers.WwwAuthenticate.ToString();
        Assert.Contains("insufficient_user_authentication", challenge);
        Assert.Contains("acr_values=\"LoA3\"", challenge);
    }

    [Fact]
    public async Task Portal_RollsItsKeysOver_ReceiptsByTheNewOneAreTaken()
    {
        using (var before = await sandbox.Call(Household, "lin").SendAsync())
            Assert.Equal(HttpStatusCode.OK, before.StatusCode);
        sandbox.Issuer.RollOver();
        sandbox.Time.Advance(TimeSpan.FromSeconds(11));
        using var after = await sandbox.Call(Household, "lin").SendAsync();
        Assert.Equal(HttpStatusCode.OK, after.StatusCode);
    }

    [Fact]
    public async Task Heartbeat_WithoutAToken_Answers200()
    {
        foreach (var provider in sandbox.Listings)
        {
            using var response = await sandbox.Http.GetAsync($"sandbox{provider.Heartbeat}");
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
        using var plain = await sandbox.Http.GetAsync("sandbox/agencies/ris/household");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, plain.StatusCode);
    }

    [Fact]
    public async Task Land_Always_IsAPackageOfTwentyMegabytes()
    {
        using var response = await sandbox.Call("API.KvvyRZSc5K", "lin").SendAsync();
        var opened = await OpenAsync(response);
        Assert.InRange(opened.Zip.Length, 18 * 1024 * 1024, 22 * 1024 * 1024);
        using var package = PackageReader.Read(opened.Zip, PackageLimits.Default);
        Assert.Equal(["data.json", "data.csv"], package.Files);
    }

    private async Task<OpenedPackage> OpenAsync(HttpResponseMessage response)
    {
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("application/jose+json", response.Content.Headers.ContentType?.MediaType);
        return SealedPackage.Open(await response.Content.ReadAsByteArrayAsync(), sandbox.BrowserKey);
    }

    private void Spoil(PlatformCall call, string what)
    {
        var facts = call.Facts;
        var body = call.Body;
        var recipient = body["recipients"]![0]!;
        var proof = call.Proof;
        Action change = what switch
        {
            "inactive" => () => facts["active"] = false,
            "issuer" => () => facts["iss"] = "https://elsewhere.example",
            "audience" => () => facts["aud"] = "sandbox-bli",
            "expired" => () => facts["exp"] = sandbox.Time.GetUtcNow().ToUnixTimeSeconds() - 1,
            "binding" => () => facts["cnf"]!["jkt"] = "another",
            "bearer" => () => facts.Remove("cnf"),
            "transfer" => () => facts["transfer_id"] = Guid.CreateVersion7().ToString(),
            "dataset" => () => facts["authorization_details"]![0]!["datasets"]![0]!["id"] = Disability,
            "level" => () => facts["acr"] = "LoA1",
            "subject" => () => call.UserSubject = "pairwise-other",
            "nobody" => () => call.Uid = "A000000000",
            "consent-stranger" => () =>
                body["consent_receipt"] = Jws.Sign(Jwk.GenerateEc("x", "sig"), "ES256", "{}"u8, ReceiptCheck.Type),
            "consent-type" => () => body["consent_receipt"] = Jws.Sign(sandbox.Issuer.Key, "ES256", "{}"u8, "at+jwt"),
            "consent-none" => () => body["consent_receipt"] = "no receipt",
            "other-address" => () => body["dataset"] = Disability,
            "version" => () => body["schema_version"] = 9,
            "private-key" => () => recipient["jwk"] = JsonNode.Parse(sandbox.BrowserKey.ToJson()),
            "weak-key" => () => recipient["jwk"] = JsonNode.Parse("""{"kty":"EC","crv":"P-521","x":"AA","y":"AA"}"""),
            "no-recipients" => () => body["recipients"] = new JsonArray(),
            "member-missing" => () => body.Remove("consent_receipt"),
            "parameter" => () => body["parameters"]!["year"] = "114",
            "dpop-method" => () => proof["htm"] = "GET",
            "dpop-address" => () => proof["htu"] = "http://127.0.0.1/elsewhere",
            "dpop-token" => () => proof["ath"] = "another",
            "dpop-old" => () => proof["iat"] = sandbox.Time.GetUtcNow().ToUnixTimeSeconds() - 62,
            "dpop-future" => () => proof["iat"] = sandbox.Time.GetUtcNow().ToUnixTimeSeconds() + 62,
            "dpop-no-id" => () => proof.Remove("jti"),
            "dpop-type" => () => call.ProofType = "JWT",
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
        change();
    }
}
