using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Bank;

namespace MyData.Tests.Services;

/// <summary>Everything that must not come of a request, each with its one code (security.md O1 to O5, P1, R10, R11).</summary>
public sealed class ServiceRefusalTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    public static TheoryData<string, string> WrongPushes =>
        new()
        {
            { "scope=openid", "unauthorized_client member.not_registered" },
            { "scope=other", "invalid_request service.parameter" },
            { "response_mode=fragment", "invalid_request service.parameter" },
            { "redirect_uri+=/", "invalid_request service.redirect" },
            { "acr_values=LoA9", "invalid_request service.parameter" },
            { "authorization_details=", "invalid_authorization_details service.details" },
            { "authorization_details={}", "invalid_authorization_details service.details" },
            { "authorization_details=[],\"x\":[]", "invalid_authorization_details service.details" },
        };

    [Theory, MemberData(nameof(WrongPushes))]
    public async Task Push_WrongParameter_IsRefused(string change, string refusal)
    {
        using var service = house.BankDriver();
        Assert.Equal(refusal, (await service.PushAsync(service.Request(house.Details(), change))).Refusal);
    }

    [Fact]
    public async Task Push_WiderThanRegistered_IsRefused()
    {
        using var service = house.BankDriver();
        string[] wider =
        [
            house.Details(fields: [.. BankListing.HouseholdFields, "father"]),
            house.Details(purpose: "marketing"),
            house.Details(retention: "P181D"),
            house.Details(recipient: "another"),
            house.Details(dataSet: "API.syWqjr4flJ"),
            house.Details(dataSet: BankListing.Labour, fields: ["name"]),
        ];
        foreach (var details in wider)
            Assert.Equal(
                "invalid_authorization_details service.not_registered",
                (await service.PushAsync(service.Request(details))).Refusal
            );
        string[] misshapen =
        [
            house.Details(use: "daily"),
            house.Details(retention: "for ever"),
            house.Details(fields: []),
            house.Details(fields: ["name", "name"]),
            house.Details().Replace("\"use\"", "\"more\":1,\"use\"", StringComparison.Ordinal),
            house.Details().Replace("\"use\"", "\"use\":\"once\",\"use\"", StringComparison.Ordinal),
        ];
        foreach (var details in misshapen)
            Assert.Equal(
                "invalid_authorization_details service.details",
                (await service.PushAsync(service.Request(details))).Refusal
            );
    }

    [Fact]
    public async Task Push_ClientThatDoesNotProveItself_IsRefused()
    {
        using var service = house.BankDriver();
        using var other = house.OtherDriver();
        var good = service.Assertion();
        string[] wrong =
        [
            ServiceDriver.Unsigned(good),
            other.Assertion(claims => claims["iss"] = claims["sub"] = service.ClientId),
            service.Assertion(claims => claims["aud"] = "https://elsewhere.example"),
            service.Assertion(claims => claims["exp"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 120),
            service.Assertion(claims => claims["exp"] = DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600),
            service.Assertion(claims => claims.Remove("jti")),
            service.Assertion(header: new() { ["crit"] = new[] { "x" }, ["x"] = 1 }),
            "",
        ];
        foreach (var assertion in wrong)
            Assert.Equal(
                "invalid_client invalid_client",
                (await service.PushAsync(service.Request(house.Details()), assertion)).Refusal
            );
        Assert.Equal("ok", (await service.PushAsync(service.Request(house.Details()), good)).Refusal);
        Assert.Equal(
            "invalid_client invalid_client",
            (await service.PushAsync(service.Request(house.Details()), good)).Refusal
        );
    }

    [Fact]
    [Trait("Conformance", "fapi2-security-profile-final-par-attempt-reuse-request_uri")]
    [Trait("Conformance", "fapi2-security-profile-final-par-attempt-to-use-expired-request_uri")]
    [Trait("Conformance", "fapi2-security-profile-final-par-attempt-to-use-request_uri-for-different-client")]
    [Trait("Conformance", "fapi2-security-profile-final-ensure-unsigned-authorization-request-without-using-par-fails")]
    public async Task Authorize_SecondVisit_OtherClient_TooLate_OrMoreParameters_LeadNowhere()
    {
        using var service = house.BankDriver();
        using var visitor = house.Portal.Visitor();
        async Task<string> PushAsync() =>
            (await service.PushAsync(service.Request(house.Details()))).Json.GetProperty("request_uri").GetString()!;
        async Task NowhereAsync(string path) => (await visitor.GetAsync(path)).ShouldBeAt("/services/over");

        var uri = await PushAsync();
        await NowhereAsync(ServiceHouse.AuthorizePath(ServiceHouse.Other, uri));
        await NowhereAsync(ServiceHouse.AuthorizePath(service.ClientId, uri) + "&scope=mydata");
        await NowhereAsync($"/connect/authorize?client_id={service.ClientId}&response_type=code");
        await visitor.GetAsync(ServiceHouse.AuthorizePath(service.ClientId, uri));
        Assert.StartsWith("/services/requests/", visitor.Page.Path, StringComparison.Ordinal);
        using var second = house.Portal.Visitor();
        (await second.GetAsync(ServiceHouse.AuthorizePath(service.ClientId, uri))).ShouldBeAt("/services/over");
        await visitor.SubmitAsync($"{visitor.Page.Path}/decline");
        await NowhereAsync(ServiceHouse.AuthorizePath(service.ClientId, uri));

        var late = await PushAsync();
        var hash = MyData.Core.OpenId.TransferTokens.HashOf(late[PushedRequests.UriPrefix.Length..]);
        var row = await house.Portal.ReadAsync(db => db.Set<ServiceRequest>().SingleAsync(r => r.UriHash == hash));
        await house.AgeAsync(row.Id);
        await NowhereAsync(ServiceHouse.AuthorizePath(service.ClientId, late));
    }

    [Fact]
    public async Task Authorize_HundredAtOnce_OneGetsIn()
    {
        using var service = house.BankDriver();
        var pushed = await service.PushAsync(service.Request(house.Details()));
        var uri = pushed.Json.GetProperty("request_uri").GetString()!;
        var requests = house.Get<PushedRequests>();
        var tries = await Task.WhenAll(
            Enumerable
                .Range(0, 100)
                .Select(async _ =>
                {
                    try
                    {
                        await requests.OpenAsync(service.ClientId, uri);
                        return 1;
                    }
                    catch (ServiceException)
                    {
                        return 0;
                    }
                })
        );
        Assert.Equal(1, tries.Sum());
    }

    [Fact]
    [Trait("Conformance", "fapi2-security-profile-final-attempt-reuse-authorization-code-after-one-second")]
    public async Task Code_UsedTwice_KillsTheTokenThatItGave_AndSheIsTold()
    {
        using var service = house.BankDriver();
        var (request, code, token, transfer) = await house.TokenAsync(service, "lin");
        Assert.Equal("invalid_grant service.code_used", (await service.TokenAsync(service.Redemption(code))).Refusal);
        Assert.Equal("invalid_token service.token", (await service.PackageAsync(transfer, token)).Refusal);
        var row = await house.RowAsync(request.Id);
        Assert.Equal((RequestState.Ended, ServiceCodes.CodeUsed), (row.State, row.Code));
        var told = await house.EventsAsync(row.CitizenId!.Value);
        Assert.Contains(told, e => e.Kind == EventKinds.ServiceRefused && e.Code == ServiceCodes.CodeUsed);
        Assert.Contains(
            await house.Portal.ReadAsync(db =>
                db.Set<Notice>().Where(n => n.CitizenId == row.CitizenId).Select(n => n.Kind).ToListAsync()
            ),
            kind => kind == NoticeKinds.ServiceStopped
        );
    }

    [Fact]
    public async Task Code_HundredAtOnce_GivesOneToken()
    {
        using var service = house.BankDriver();
        var (request, code) = await house.CodeAsync(service, "chen");
        await service.KnowNonceAsync();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 100).Select(_ => service.TokenAsync(service.Redemption(code)))
        );
        Assert.Single(answers, answer => answer.IsOk);
        Assert.Equal(RequestState.Ended, (await house.RowAsync(request.Id)).State);
    }

    [Fact]
    [Trait("Conformance", "fapi2-security-profile-final-ensure-authorization-code-is-bound-to-client")]
    [Trait("Conformance", "fapi2-security-profile-final-incorrect-pkce-code-verifier-rejected")]
    [Trait("Conformance", "fapi2-security-profile-final-ensure-pkce-code-verifier-required")]
    [Trait("Conformance", "fapi2-security-profile-final-ensure-token-endpoint-fails-with-expired-auth-code")]
    public async Task Code_OfAnotherClient_OtherRedirect_WrongVerifier_OrLate_IsRefused()
    {
        using var service = house.BankDriver();
        using var other = house.OtherDriver();
        var (request, code) = await house.CodeAsync(service, "chang");
        Assert.Equal("invalid_grant service.code_unknown", (await other.TokenAsync(other.Redemption(code))).Refusal);
        Assert.Equal(
            "invalid_grant service.code_unknown",
            (await service.TokenAsync(service.Redemption("none"))).Refusal
        );
        async Task<string> WithAsync(string name, string value)
        {
            var fields = service.Redemption(code);
            fields[name] = value;
            return (await service.TokenAsync(fields)).Refusal;
        }
        Assert.Equal("invalid_grant service.redirect", await WithAsync("redirect_uri", service.Callback + "/"));
        Assert.Equal("invalid_grant service.verifier", await WithAsync("code_verifier", ServiceDriver.Random()));
        Assert.Equal("invalid_grant service.verifier", await WithAsync("code_verifier", ""));
        Assert.Equal("unsupported_grant_type unsupported_grant_type", await WithAsync("grant_type", "password"));
        await house.AgeAsync(request.Id);
        Assert.Equal(
            "invalid_grant service.code_expired",
            (await service.TokenAsync(service.Redemption(code))).Refusal
        );
        await house.Get<ServiceSweeper>().SweepAsync(TestContext.Current.CancellationToken);
        Assert.Equal(ServiceCodes.CodeExpired, (await house.RowAsync(request.Id)).Code);
        Assert.Equal(
            "invalid_grant service.code_expired",
            (await service.TokenAsync(service.Redemption(code))).Refusal
        );
    }

    [Fact]
    [Trait("Conformance", "fapi2-security-profile-final-ensure-dpop-auth-code-binding-success")]
    [Trait("Conformance", "fapi2-security-profile-final-ensure-token-endpoint-fails-with-mismatched-dpop-jkt")]
    public async Task Code_BoundToAKey_IsGoodForThatKeyAlone()
    {
        using var service = house.BankDriver();
        var citizen = await house.CitizenAsync("wang");
        var fields = service.Request(house.Details());
        fields["dpop_jkt"] = service.ProofKey.Thumbprint();
        var pushed = await service.PushAsync(fields);
        await citizen.GetAsync(
            ServiceHouse.AuthorizePath(service.ClientId, pushed.Json.GetProperty("request_uri").GetString()!)
        );
        var request = new HandedRequest(citizen, house.Portal.Committed);
        await request.FetchAsync();
        var back = await request.HandOverAsync();
        var code = Microsoft.AspNetCore.WebUtilities.QueryHelpers.ParseQuery(back.Query)["code"].ToString();
        await service.KnowNonceAsync();
        var foreign = service.Proof(Jwk.GenerateEc(use: "sig"), "POST", "/connect/token");
        Assert.Equal(
            "invalid_grant service.other_key",
            (await service.TokenAsync(service.Redemption(code), proof: foreign)).Refusal
        );
        Assert.Equal("ok", (await service.TokenAsync(service.Redemption(code))).Refusal);
    }

    [Fact]
    [Trait("Conformance", "fapi2-security-profile-final-dpop-negative-tests")]
    [Trait("Conformance", "fapi2-security-profile-final-ensure-holder-of-key-required")]
    public async Task Token_WithoutAGoodProof_IsRefused()
    {
        using var service = house.BankDriver();
        var (_, code) = await house.CodeAsync(service, "li");
        await service.KnowNonceAsync();
        async Task RefusedAsync(string refusal, string proof) =>
            Assert.Equal(refusal, (await service.TokenAsync(service.Redemption(code), proof: proof)).Refusal);
        string Proof(Action<Dictionary<string, object>> change) =>
            service.Proof("POST", "/connect/token", change: change);

        Assert.Equal("invalid_dpop_proof dpop.missing", await WithoutAsync());
        await RefusedAsync("invalid_dpop_proof dpop.signature", ServiceDriver.Unsigned(Proof(_ => { })));
        await RefusedAsync("invalid_dpop_proof dpop.request", Proof(c => c["htm"] = "GET"));
        await RefusedAsync("invalid_dpop_proof dpop.request", Proof(c => c["htu"] = $"{service.Issuer}/connect/par"));
        await RefusedAsync("use_dpop_nonce dpop.nonce", Proof(c => c.Remove("nonce")));
        await RefusedAsync("use_dpop_nonce dpop.nonce", Proof(c => c["nonce"] = "mine"));
        await RefusedAsync("invalid_dpop_proof dpop.time", Proof(c => c["iat"] = 1_000_000_000));
        await RefusedAsync("invalid_dpop_proof dpop.signature", Proof(c => c.Remove("jti")));
        var used = Proof(_ => { });
        Assert.Equal("ok", (await service.TokenAsync(service.Redemption(code), proof: used)).Refusal);
        await RefusedAsync("invalid_dpop_proof dpop.replayed", used);

        async Task<string> WithoutAsync()
        {
            var fields = service.Redemption(code);
            return (await service.TokenAsync(fields, proof: "")).Refusal;
        }
    }

    [Fact]
    public async Task Package_OtherKey_OtherTransfer_ReplayedOrMissingProof_IsRefused()
    {
        using var service = house.BankDriver();
        var (_, _, token, transfer) = await house.TokenAsync(service, "huang");
        var path = $"/api/v1/transfers/{transfer}/package";
        async Task RefusedAsync(string refusal, string proof) =>
            Assert.Equal(refusal, (await service.PackageAsync(transfer, token, proof)).Refusal);

        await RefusedAsync("invalid_dpop_proof dpop.missing", "");
        await RefusedAsync(
            "invalid_token service.token",
            service.Proof(Jwk.GenerateEc(use: "sig"), "GET", path, token)
        );
        await RefusedAsync("invalid_dpop_proof dpop.token", service.Proof("GET", path));
        await RefusedAsync("invalid_dpop_proof dpop.token", service.Proof("GET", path, token + "x"));
        Assert.Equal("invalid_token service.token", (await service.PackageAsync(Guid.NewGuid(), token)).Refusal);
        var used = service.Proof("GET", path, token);
        Assert.Equal("ok", (await service.PackageAsync(transfer, token, used)).Refusal);
        await RefusedAsync("invalid_dpop_proof dpop.replayed", used);
    }

    [Fact]
    public async Task Receipt_Wrong_IsRefused_RightOnce_ThenEverythingIsGone()
    {
        using var service = house.BankDriver();
        var (request, _, token, transfer) = await house.TokenAsync(service, "nguyen");
        var seal = (
            await house.Portal.ReadAsync(db => db.Set<Transfer>().SingleAsync(t => t.Id == transfer))
        ).SealDigest!;
        var kept = TimeSpan.FromDays(30);
        var early = await service.ReceiptAsync(transfer, token, service.Receipt(transfer, seal, kept));
        Assert.Equal("service.received", early.Refusal);
        Assert.True((await service.PackageAsync(transfer, token)).IsOk);
        string[] wrong =
        [
            service.Receipt(transfer, new string('0', 64), kept),
            service.Receipt(Guid.NewGuid(), seal, kept),
            service.Receipt(transfer, seal, TimeSpan.FromDays(91)),
            service.Receipt(transfer, seal, -kept),
            service.Receipt(transfer, seal, kept, claims => claims["aud"] = "https://elsewhere.example"),
            ServiceDriver.Unsigned(service.Receipt(transfer, seal, kept)),
            ServiceDriver.Sign(service.ProofKey, new { iss = service.ClientId }, "mydata-delivery-receipt+jwt", null),
        ];
        foreach (var receipt in wrong)
            Assert.Equal(
                "invalid_request service.receipt",
                (await service.ReceiptAsync(transfer, token, receipt)).Refusal
            );
        var good = service.Receipt(transfer, seal, kept);
        Assert.True((await service.ReceiptAsync(transfer, token, good)).IsOk);
        Assert.Equal("service.received", (await service.ReceiptAsync(transfer, token, good)).Refusal);
        Assert.Equal("service.received", (await service.PackageAsync(transfer, token)).Refusal);
        Assert.Equal(RequestState.Received, (await house.RowAsync(request.Id)).State);
        var chunks = await house.Portal.ReadAsync(db =>
            db.Set<PackageChunk>().CountAsync(chunk => chunk.TransferId == transfer)
        );
        Assert.Equal(0, chunks);
    }

    [Fact]
    public async Task Revoke_ByItsOwner_KillsTheToken_ByAnotherNothing()
    {
        using var service = house.BankDriver();
        using var other = house.OtherDriver();
        var (request, _, token, transfer) = await house.TokenAsync(service, "kolas");
        Assert.True((await other.RevokeAsync(token)).IsOk);
        Assert.True((await service.PackageAsync(transfer, token)).IsOk);
        Assert.True((await service.RevokeAsync(token)).IsOk);
        Assert.Equal("invalid_token service.token", (await service.PackageAsync(transfer, token)).Refusal);
        Assert.Equal(ServiceCodes.Revoked, (await house.RowAsync(request.Id)).Code);
    }

    [Fact]
    public async Task Token_AfterItsTime_OrAfterSheSaidDone_IsDead()
    {
        using var service = house.BankDriver();
        var (late, _, token, transfer) = await house.TokenAsync(service, "lin");
        await house.AgeAsync(late.Id);
        Assert.Equal("invalid_token service.token", (await service.PackageAsync(transfer, token)).Refusal);
        var (done, _, second, waiting) = await house.TokenAsync(service, "chen");
        var row = await house.RowAsync(done.Id);
        await house.Get<Downloads>().FinishAsync(row.CitizenId!.Value, row.FetchConsentId!.Value);
        Assert.Equal("invalid_token service.token", (await service.PackageAsync(waiting, second)).Refusal);
        Assert.Equal(ServiceCodes.PackageGone, (await house.RowAsync(done.Id)).Code);
    }
}
