using System.Diagnostics;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.WebUtilities;
using MyData.Tests.Support;

namespace MyData.E2E.Outside;

/// <summary>
/// Clients that others have written (npm openid-client, oauth4webapi, jose) sign a citizen in and out, on another origin than the portal's: they check
/// the ID token by the published keys, and what they must not get is refused.
/// </summary>
public sealed class MemberClientTests(OutsideServices services) : IClassFixture<OutsideServices>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OutsideServices.OpenIdClient, "yang")]
    [InlineData(OutsideServices.OAuth4WebApi, "wu")]
    public async Task Service_ByTheLibrary_SignsHerIn_ReadsWhatSheGave_AndSignsHerOut(string library, string who)
    {
        var (name, persona) = ($"member-{library}", SandboxSteps.Persona(who));
        var arguments = services.Arguments(name);
        using var service = OutsideProcess.Start("clients", "node", ["signin.mjs", library, .. arguments]);
        try
        {
            Assert.StartsWith("listening", await LineAsync(service), StringComparison.Ordinal);
            using var citizen = services.Portal.Visitor();
            await citizen.SignInFirstTimeAsync(persona);
            // The first visit ends with a nonce that is not the service's; the second needs no page.
            await citizen.GetAsync(new Uri(services.Site(name), "signin").AbsoluteUri);
            await citizen.SubmitAsync("member-sign-in", ("decision", "agree"));
            Assert.Equal("/callback", citizen.Page.Path);
            Assert.Contains(persona.Name, citizen.Page.Words, StringComparison.Ordinal);
            Assert.Equal(
                [
                    "wrong nonce: OAUTH_JWT_CLAIM_COMPARISON_FAILED",
                    "alg none: invalid_request",
                    "another client's hint: invalid_request",
                    "own hint: ok",
                    "more than registered: invalid_request",
                ],
                [
                    await RefusalAsync(service),
                    await RefusalAsync(service),
                    await RefusalAsync(service),
                    await RefusalAsync(service),
                    await RefusalAsync(service),
                ]
            );
            var told = JsonNode.Parse(await LineAsync(service))!;
            Assert.Equal("LoA2", (string?)told["acr"]);
            Assert.Equal((string?)told["sub"], (string?)told["who"]!["sub"]);
            Assert.Equal(["name", "sub"], told["who"]!.AsObject().Select(one => one.Key).Order());

            await citizen.GetAsync(new Uri(services.Site(name), "signout").AbsoluteUri);
            citizen.Page.ShouldBeAt("/signout/service");
            await citizen.SubmitAsync("member-logout", ("decision", "all"));
            Assert.Equal((services.Site(name).Authority, "/bye"), (citizen.Page.Url.Authority, citizen.Page.Path));
            Assert.Equal("bye", QueryHelpers.ParseQuery(citizen.Page.Url.Query)["state"]);
            await citizen.GetAsync(new Uri(services.Portal.Origin, "/consents").AbsoluteUri);
            citizen.Page.ShouldBeAt("/signin");
        }
        finally
        {
            service.Kill();
            await service.WaitForExitAsync(Stop);
        }
    }

    private static async Task<string> RefusalAsync(Process process)
    {
        var said = JsonNode.Parse(await LineAsync(process))!;
        return $"{said["name"]}: {said["refusal"]}";
    }

    private static async Task<string> LineAsync(Process process) =>
        await process.StandardOutput.ReadLineAsync(Stop)
        ?? throw new InvalidOperationException(await process.StandardError.ReadToEndAsync(Stop));
}
