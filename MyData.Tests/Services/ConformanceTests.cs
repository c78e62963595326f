using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using MyData.Core.Catalog;
using MyData.Core.Encryption;
using MyData.Tests.Support;

namespace MyData.Tests.Services;

/// <summary>
/// Modules of the OpenID conformance suite that no other test holds, by their names. <c>MyData.Tests/OpenId/README.md</c> has those that do not apply;
/// <c>ConformanceListTests</c> that none is forgotten.
/// </summary>
public sealed class ConformanceTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private const string Fapi = "fapi2-security-profile-final-";
    private const string Client = "invalid_client invalid_client";

    [Theory]
    [InlineData(
        Fapi + "ensure-registered-redirect-uri",
        "redirect_uri=https://elsewhere.example/callback",
        "service.redirect"
    )]
    [InlineData(
        Fapi + "plain-fapi-tolerate-unregistered-redirect-uri",
        "redirect_uri=https://elsewhere.example/",
        "service.redirect"
    )]
    [InlineData(Fapi + "ensure-redirect-uri-in-authorization-request", "redirect_uri=", "service.redirect")]
    [InlineData(Fapi + "ensure-response-type-token-fails", "response_type=token", "service.parameter")]
    [InlineData(Fapi + "ensure-response-type-code-idtoken-fails", "response_type=code id_token", "service.parameter")]
    [InlineData(
        Fapi + "par-authorization-request-containing-request_uri-form-param",
        "request_uri=urn:ietf:params:oauth:request_uri:x",
        "service.parameter"
    )]
    [InlineData(Fapi + "par-ensure-pkce-required", "code_challenge=", "service.pkce")]
    [InlineData(Fapi + "par-plain-pkce-rejected", "code_challenge_method=plain", "service.pkce")]
    [InlineData(
        "oidcc-ensure-registered-redirect-uri",
        "redirect_uri=https://elsewhere.example/callback",
        "service.redirect"
    )]
    [InlineData("oidcc-ensure-redirect-uri-in-authorization-request", "redirect_uri=", "service.redirect")]
    [InlineData("oidcc-redirect-uri-query-added", "redirect_uri+=?foo=bar", "service.redirect")]
    [InlineData("oidcc-response-type-missing", "response_type=", "service.parameter")]
    [InlineData(
        "oidcc-unsigned-request-object-supported-correctly-or-rejected-as-unsupported",
        "request=eyJhbGciOiJub25lIn0.e30.",
        "service.parameter"
    )]
    public async Task Push_Wrong_IsRefused(string module, string change, string code)
    {
        using var service = house.BankDriver();
        var error = module.StartsWith("oidcc-unsigned-request-object", StringComparison.Ordinal)
            ? "request_not_supported"
            : "invalid_request";
        var pushed = await service.PushAsync(service.Request(house.Details(), change));
        Assert.Equal($"{error} {code}", pushed.Refusal);
    }

    [Theory]
    [InlineData("oidcc-ensure-request-with-unknown-parameter-succeeds", "extra=foobar")]
    [InlineData("oidcc-claims-locales", "claims_locales=se")]
    [InlineData("oidcc-ui-locales", "ui_locales=se")]
    [InlineData("oidcc-display-page", "display=page")]
    [InlineData("oidcc-display-popup", "display=popup")]
    [InlineData("oidcc-login-hint", "login_hint=buffy@example.com")]
    [InlineData("oidcc-ensure-request-with-acr-values-succeeds", "acr_values=LoA1 LoA2 LoA3 LoA4")]
    [InlineData("oidcc-alternate-happy-flow", "scope=mydata")]
    public async Task Push_WithWhatIsNotAskedFor_LeadsToTheSamePage(string module, string parameter)
    {
        using var service = house.BankDriver();
        using var visitor = house.Portal.Visitor();
        var fields = service.Request(house.Details(), parameter);
        // The order of parameters says nothing.
        var turned = fields.Reverse().ToDictionary(StringComparer.Ordinal);
        var pushed = await service.PushAsync(turned);
        Assert.True(pushed.IsOk, $"{module}: {pushed.Refusal}");
        var page = await visitor.GetAsync(AddressOf(service, pushed));
        Assert.Contains("沙盒銀行想要您的資料", page.Heading, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Fapi + "ensure-client-assertion-with-exp-is-5-minutes-in-past-fails", "exp", -300, Client)]
    [InlineData(
        Fapi + "par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails",
        "nbf iat exp",
        90,
        Client
    )]
    [InlineData(Fapi + "par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted", "nbf iat", 8, "ok")]
    public async Task ClientAssertion_OfAnotherTime_IsJudgedByTheClock(
        string module,
        string claims,
        int seconds,
        string refusal
    )
    {
        using var service = house.BankDriver();
        var at = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + seconds;
        string Assertion() =>
            service.Assertion(made =>
            {
                foreach (var name in claims.Split(' '))
                    made[name] = name == "exp" && seconds > 0 ? at + 50 : at;
            });
        Assert.Equal(
            (module, refusal),
            (module, (await service.PushAsync(service.Request(house.Details()), Assertion())).Refusal)
        );
        var redeemed = await service.TokenAsync(service.Redemption("none"), Assertion());
        Assert.Equal(refusal == "ok" ? "invalid_grant service.code_unknown" : refusal, redeemed.Refusal);
    }

    [Theory]
    [InlineData(Fapi + "par-test-array-as-audience-fails", "array", Client)]
    [InlineData(Fapi + "par-test-par-endpoint-url-as-audience-fails", "/connect/par", Client)]
    [InlineData(Fapi + "par-test-token-endpoint-url-as-audience-fails", "/connect/token", Client)]
    [InlineData(Fapi + "ensure-client-assertion-with-wrong-aud-fails", "https://elsewhere.example", Client)]
    [InlineData("oidcc-ensure-client-assertion-with-iss-aud-succeeds", "", "ok")]
    public async Task ClientAssertion_ForAnotherAudience_IsRefused(string module, string audience, string refusal)
    {
        using var service = house.BankDriver();
        string Assertion() =>
            service.Assertion(made =>
                made["aud"] = audience switch
                {
                    "array" => new[] { service.Issuer, "https://elsewhere.example" },
                    ['/', ..] or "" => service.Issuer + audience,
                    _ => audience,
                }
            );
        Assert.Equal(
            (module, refusal),
            (module, (await service.PushAsync(service.Request(house.Details()), Assertion())).Refusal)
        );
        var redeemed = await service.TokenAsync(service.Redemption("none"), Assertion());
        Assert.Equal(refusal == "ok" ? "invalid_grant service.code_unknown" : refusal, redeemed.Refusal);
    }

    [Fact]
    [Trait("Conformance", Fapi + "ensure-client-assertion-in-token-endpoint")]
    [Trait("Conformance", Fapi + "ensure-client-id-in-token-endpoint")]
    [Trait("Conformance", Fapi + "ensure-client-assertion-with-no-sub-fails")]
    public async Task Token_ByAClientThatDoesNotProveWhoItIs_IsRefused()
    {
        using var service = house.BankDriver();
        using var other = house.OtherDriver();
        var fields = service.Redemption("none");
        Assert.Equal(Client, (await service.TokenAsync(fields, "")).Refusal);
        Assert.Equal(
            Client,
            (await service.TokenAsync(fields, service.Assertion(claims => claims.Remove("sub")))).Refusal
        );
        Assert.Equal(
            Client,
            (await service.TokenAsync(fields, service.Assertion(claims => claims["exp"] = "soon"))).Refusal
        );
        Assert.Equal(Client, (await service.TokenAsync(fields, other.Assertion())).Refusal);
        fields["client_id"] = other.ClientId;
        Assert.Equal(Client, (await service.TokenAsync(fields)).Refusal);
    }

    [Fact]
    [Trait("Conformance", Fapi + "ensure-signed-client-assertion-with-RS256-fails")]
    public async Task ClientAssertion_ByRs256_IsRefused_AndByPs256OfTheSameKeyTaken()
    {
        var rsa = Jwk.GenerateRsa(2048, "rsa", "sig");
        await house.ImportAsync(bank => bank with { ClientKeys = [.. bank.ClientKeys, rsa.PublicOnly().ToJson()] });
        try
        {
            using var service = house.BankDriver();
            async Task<string> ByAsync(string alg, RSASignaturePadding padding)
            {
                using var key = RSA.Create();
                key.ImportParameters(Parameters(rsa));
                // The payload anew, as it is good once; only who signs, and how, is another.
                var payload = service.Assertion().Split('.')[1];
                var head = Base64UrlText.Encode(JsonSerializer.SerializeToUtf8Bytes(new { alg, kid = "rsa" }));
                var signature = key.SignData(
                    System.Text.Encoding.ASCII.GetBytes($"{head}.{payload}"),
                    HashAlgorithmName.SHA256,
                    padding
                );
                var assertion = $"{head}.{payload}.{Base64UrlText.Encode(signature)}";
                return (await service.PushAsync(service.Request(house.Details()), assertion)).Refusal;
            }
            Assert.Equal(Client, await ByAsync("RS256", RSASignaturePadding.Pkcs1));
            Assert.Equal("ok", await ByAsync("PS256", RSASignaturePadding.Pss));
        }
        finally
        {
            await house.ImportAsync();
        }
    }

    [Fact]
    [Trait("Conformance", Fapi + "par-attempt-invalid-http-method")]
    public async Task Push_ByAnotherMethod_IsRefused()
    {
        using var visitor = house.Portal.Visitor();
        foreach (var method in (HttpMethod[])[HttpMethod.Get, HttpMethod.Put, HttpMethod.Delete])
        {
            using var request = new HttpRequestMessage(method, "/connect/par");
            using var answer = await visitor.SendAsync(request);
            Assert.InRange((int)answer.StatusCode, 400, 499);
        }
    }

    [Fact]
    [Trait("Conformance", Fapi + "ensure-mismatched-dpop-jkt-fails")]
    public async Task Push_KeyThatIsNotTheProofs_IsRefused()
    {
        using var service = house.BankDriver();
        await service.KnowNonceAsync();
        var fields = service.Request(house.Details());
        fields["dpop_jkt"] = Jwk.GenerateEc(use: "sig").Thumbprint();
        var pushed = await service.PushAsync(fields, proof: service.Proof("POST", "/connect/par"));
        Assert.Equal("invalid_dpop_proof service.other_key", pushed.Refusal);
    }

    /// <summary>One consent for all of these: what is refused takes nothing of the code.</summary>
    [Fact]
    [Trait("Conformance", Fapi + "ensure-dpopproof-at-par-endpoint-binding-success")]
    [Trait("Conformance", Fapi + "ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt")]
    [Trait("Conformance", Fapi + "ensure-dpopproof-with-iat-10seconds-after-succeeds")]
    [Trait("Conformance", Fapi + "ensure-dpopproof-with-iat-10seconds-before-succeeds")]
    [Trait("Conformance", Fapi + "check-dpop-proof-nbf-exp")]
    [Trait("Conformance", Fapi + "access-token-type-header-case-sensitivity")]
    [Trait("Conformance", Fapi + "ensure-authorization-request-without-state-success")]
    public async Task Proofs_OfAnotherTime_OrKey_AreJudgedAlikeEverywhere()
    {
        using var service = house.BankDriver();
        await service.KnowNonceAsync();
        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string Proof(string path, string claim, object value, string method = "POST", string? token = null) =>
            service.Proof(method, path, token, claims => claims[claim] = value);
        (string Claim, object Value)[] wrong =
        [
            ("exp", now - 90),
            ("nbf", now + 90),
            ("iat", now - 90),
            ("iat", now + 90),
            ("iat", "now"),
            ("exp", "soon"),
        ];
        var fields = service.Request(house.Details());
        fields.Remove("state");
        foreach (var (claim, value) in wrong)
            Assert.Equal(
                "invalid_dpop_proof dpop.time",
                (await service.PushAsync(fields, proof: Proof("/connect/par", claim, value))).Refusal
            );
        var pushed = await service.PushAsync(fields, proof: Proof("/connect/par", "iat", now - 10));
        Assert.Equal("ok", pushed.Refusal);
        var citizen = await house.CitizenAsync("li");
        await citizen.GetAsync(AddressOf(service, pushed));
        var request = new HandedRequest(citizen, house.Portal.Committed);
        await request.FetchAsync();
        var back = QueryHelpers.ParseQuery((await request.HandOverAsync()).Query);
        Assert.Equal(["code", "iss"], back.Keys.Order(StringComparer.Ordinal));
        var redemption = service.Redemption(back["code"].ToString());
        var foreign = service.Proof(Jwk.GenerateEc(use: "sig"), "POST", "/connect/token");
        Assert.Equal("invalid_grant service.other_key", (await service.TokenAsync(redemption, proof: foreign)).Refusal);
        foreach (var (claim, value) in wrong)
            Assert.Equal(
                "invalid_dpop_proof dpop.time",
                (await service.TokenAsync(redemption, proof: Proof("/connect/token", claim, value))).Refusal
            );
        var granted = await service.TokenAsync(redemption, proof: Proof("/connect/token", "iat", now + 10));
        Assert.Equal("ok", granted.Refusal);
        // RFC 6749 §5.1.
        Assert.Equal("no-store", granted.Caching);

        var token = granted.Json.GetProperty("access_token").GetString()!;
        var sets = granted.Json.GetProperty("authorization_details")[0].GetProperty("datasets");
        var transfer = sets[0].GetProperty("transfer_id").GetGuid();
        var path = $"/api/v1/transfers/{transfer}/package";
        foreach (var (claim, value) in wrong)
            Assert.Equal(
                "invalid_dpop_proof dpop.time",
                (await service.PackageAsync(transfer, token, Proof(path, claim, value, "GET", token))).Refusal
            );
        foreach (
            var (claim, value) in ((string, object)[])
                [("iat", now - 10), ("iat", now + 10), ("exp", now + 60), ("nbf", now)]
        )
            Assert.Equal(
                "ok",
                (await service.PackageAsync(transfer, token, Proof(path, claim, value, "GET", token))).Refusal
            );
        Assert.Equal("ok", (await service.PackageAsync(transfer, token, scheme: "dPoP")).Refusal);
    }

    [Fact]
    [Trait("Conformance", Fapi + "ensure-authorization-request-with-long-state")]
    public async Task State_Long_ComesBackWhole_OrIsRefused()
    {
        using var service = house.BankDriver();
        using var visitor = house.Portal.Visitor();
        var fields = service.Request(house.Details());
        fields["state"] = new string('s', 513);
        Assert.Equal("invalid_request service.parameter", (await service.PushAsync(fields)).Refusal);
        fields["state"] = new string('s', 384) + "&=#%+ é";
        await visitor.GetAsync(AddressOf(service, await service.PushAsync(fields)));
        await visitor.SubmitAsync($"{visitor.Page.Path}/decline");
        Assert.Equal(fields["state"], QueryHelpers.ParseQuery(visitor.Page.Url.Query)["state"]);
    }

    [Fact]
    [Trait("Conformance", "oidcc-redirect-uri-query-OK")]
    [Trait("Conformance", "oidcc-redirect-uri-query-mismatch")]
    public async Task Redirect_WithAQuery_IsComparedAndKept()
    {
        await house.ImportAsync(bank => bank with { RedirectUris = [$"{bank.RedirectUris[0]}?foo=bar"] });
        try
        {
            using var service = house.BankDriver();
            using var visitor = house.Portal.Visitor();
            var fields = service.Request(house.Details());
            foreach (var query in (string[])["", "?foo=baz", "?foo=bar&x=1"])
            {
                fields["redirect_uri"] = service.Callback + query;
                Assert.Equal("invalid_request service.redirect", (await service.PushAsync(fields)).Refusal);
            }
            fields["redirect_uri"] = $"{service.Callback}?foo=bar";
            await visitor.GetAsync(AddressOf(service, await service.PushAsync(fields)));
            await visitor.SubmitAsync($"{visitor.Page.Path}/decline");
            Assert.StartsWith("?foo=bar&error=access_denied&state=", visitor.Page.Url.Query, StringComparison.Ordinal);
        }
        finally
        {
            await house.ImportAsync();
        }
    }

    [Fact]
    [Trait("Conformance", "oidcc-redirect-uri-regfrag")]
    public async Task Registration_AddressWithAFragment_OrInPlainHttpElsewhere_IsRefused()
    {
        string[] wrong =
        [
            "/sandbox/bank/callback#x",
            "https://bank.example/callback#x",
            "http://bank.example/callback",
            "//bank.example/callback",
            "javascript:alert(1)",
            "callback",
        ];
        foreach (var address in wrong)
            await Assert.ThrowsAsync<CatalogueException>(() =>
                house.ImportAsync(bank => bank with { RedirectUris = [address] })
            );
        await Assert.ThrowsAsync<CatalogueException>(() =>
            house.ImportAsync(bank => bank with { Site = "javascript:alert(1)" })
        );
    }

    private static string AddressOf(ServiceDriver service, ServiceAnswer pushed) =>
        ServiceHouse.AuthorizePath(service.ClientId, pushed.Json.GetProperty("request_uri").GetString()!);

    private static RSAParameters Parameters(Jwk key)
    {
        using var json = JsonDocument.Parse(key.ToJson());
        byte[] Of(string name) => Base64UrlText.Decode(json.RootElement.GetProperty(name).GetString()!);
        return new()
        {
            Modulus = Of("n"),
            Exponent = Of("e"),
            D = Of("d"),
            P = Of("p"),
            Q = Of("q"),
            DP = Of("dp"),
            DQ = Of("dq"),
            InverseQ = Of("qi"),
        };
    }
}
