using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using MyData.E2E.Journeys;
using MyData.Tests.Support;
using MyData.Web.Features.Services;

namespace MyData.E2E.Outside;

/// <summary>
/// Requirement R08: clients that others have written (npm openid-client, oauth4webapi, jose) get a citizen's data, on another origin than the
/// portal's, and what they must not get is refused (security.md O1 to O5).
/// </summary>
public sealed class ClientTests(OutsideServices services) : IClassFixture<OutsideServices>
{
    /// <summary>In the order of <c>refusals.mjs</c>: what is tried, OAuth's error and the stable code.</summary>
    private static readonly string[] Refusals =
    [
        "widened details: invalid_authorization_details service.not_registered",
        "redirect mismatch: invalid_request service.redirect",
        "redirect to another origin: invalid_request service.redirect",
        "no PKCE: invalid_request service.pkce",
        "alg none: invalid_client invalid_client",
        "unknown crit: invalid_client invalid_client",
        "other client's key: invalid_client invalid_client",
        "push: ok",
        "PAR twice: /services/over",
        "another issuer's answer: OAUTH_INVALID_RESPONSE",
        "token without a proof: invalid_dpop_proof dpop.missing",
        "wrong verifier: invalid_grant service.verifier",
        "redirect mismatch at the token: invalid_grant service.redirect",
        "other client's code: invalid_grant service.code_unknown",
        "token: ok",
        "token by a proof that was used: invalid_dpop_proof dpop.replayed",
        "package: ok",
        "package by a proof that was used: invalid_dpop_proof dpop.replayed",
        "package without a proof: invalid_dpop_proof dpop.missing",
        "package as a bearer: invalid_token service.token",
        "package by another key: invalid_token service.token",
        "code twice: invalid_grant service.code_used",
        "package after that: invalid_token service.token",
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OutsideServices.OpenIdClient, "lin")]
    [InlineData(OutsideServices.OAuth4WebApi, "chen")]
    public async Task Service_ByTheLibrary_ReceivesWhatSheAgreedTo_AndSignsForIt(string library, string who)
    {
        var persona = SandboxSteps.Persona(who);
        using var service = OutsideProcess.Start(
            "clients",
            "node",
            ["service.mjs", library, .. services.Arguments(library)]
        );
        try
        {
            Assert.StartsWith("listening", await LineAsync(service), StringComparison.Ordinal);
            await Journey.RunAsync(
                services.Portal,
                new Reader { Language = "en" },
                async journey =>
                {
                    await journey.OpenAsync(new Uri(services.Site(library), "apply").ToString());
                    await journey.Link(journey.Words<ServicesText>("IntroSignIn")).ClickAsync();
                    await journey.SignInFirstTimeAsync(persona);
                    await (await journey.FetchForServiceAsync()).ClickAsync();
                    await journey.AtAsync("/callback");
                    Assert.Equal(services.Site(library).Authority, new Uri(journey.Page.Url).Authority);
                    await Assertions.Expect(journey.Page.Locator("main")).ToContainTextAsync(persona.Name);
                }
            );
            var told = JsonNode.Parse(await LineAsync(service))!;
            var received = Assert.Single(told["received"]!.AsArray())!;
            Assert.Equal(204, (int)received["taken"]!);
            Assert.Equal(
                1,
                await services.Portal.NumberAsync(
                    $"select count(*) from events where Kind = 'service.received' and Details like '%{received["seal"]}%'"
                )
            );
            Assert.Equal(0, await services.Portal.HandedOverChunksAsync());
        }
        finally
        {
            service.Kill();
            await service.WaitForExitAsync(Stop);
        }
    }

    [Fact]
    public async Task Client_ThatTriesMore_IsRefused_EachTimeWithItsCode()
    {
        using var client = OutsideProcess.Start(
            "clients",
            "node",
            ["refusals.mjs", .. services.Arguments(OutsideServices.Refused)]
        );
        using var citizen = services.Portal.Visitor();
        await citizen.SignInFirstTimeAsync(SandboxSteps.Persona("wang"));
        var refusals = new List<string>();
        while (await client.StandardOutput.ReadLineAsync(Stop) is { } line)
        {
            var said = JsonNode.Parse(line)!;
            if ((string?)said["visit"] is { } visit)
            {
                await citizen.GetAsync(visit);
                var request = new HandedRequest(citizen);
                await request.FetchAsync();
                await request.HandOverAsync();
            }
            else
                refusals.Add($"{said["name"]}: {said["refusal"]}");
        }
        var complaints = await client.StandardError.ReadToEndAsync(Stop);
        await client.WaitForExitAsync(Stop);
        Assert.True(client.ExitCode == 0, complaints);
        Assert.Equal(Refusals, refusals);
    }

    private static async Task<string> LineAsync(Process process) =>
        await process.StandardOutput.ReadLineAsync(Stop)
        ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(Stop));
}
