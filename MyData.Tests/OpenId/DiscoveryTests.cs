using System.Text.Json;
using MyData.Tests.Support;

namespace MyData.Tests.OpenId;

/// <summary>What the authorization server tells of itself: what it serves, and nothing that it does not.</summary>
public sealed class DiscoveryTests(Portal portal) : IClassFixture<Portal>
{
    [Fact]
    [Trait("Conformance", "fapi2-security-profile-final-discovery-end-point-verification")]
    [Trait("Conformance", "oidcc-discovery-endpoint-verification")]
    [Trait("Conformance", "oidcc-rp-initiated-logout-discovery-endpoint-verification")]
    public async Task Discovery_TellsAllOfIt()
    {
        using var visitor = portal.Visitor();
        var issuer = portal.Origin.GetLeftPart(UriPartial.Authority);
        foreach (var path in (string[])["/.well-known/openid-configuration", "/.well-known/oauth-authorization-server"])
        {
            var told = JsonSerializer.Deserialize<JsonElement>((await visitor.GetAsync(path)).Text);
            Assert.True(told.GetProperty("require_pushed_authorization_requests").GetBoolean());
            Assert.True(told.GetProperty("authorization_response_iss_parameter_supported").GetBoolean());
            Assert.EndsWith("/connect/par", told.GetProperty("pushed_authorization_request_endpoint").GetString());
            Assert.EndsWith("/connect/token", told.GetProperty("token_endpoint").GetString());
            string[] Of(string name) => [.. told.GetProperty(name).EnumerateArray().Select(one => one.GetString()!)];
            Assert.Equal(issuer, told.GetProperty("issuer").GetString());
            Assert.StartsWith(issuer, told.GetProperty("jwks_uri").GetString(), StringComparison.Ordinal);
            Assert.Equal(["S256"], Of("code_challenge_methods_supported"));
            Assert.Equal(["private_key_jwt"], Of("token_endpoint_auth_methods_supported"));
            Assert.Equal(["ES256", "PS256"], Of("token_endpoint_auth_signing_alg_values_supported"));
            Assert.Equal(["ES256", "PS256"], Of("dpop_signing_alg_values_supported"));
            Assert.Equal(["code"], Of("response_types_supported"));
            Assert.Contains("authorization_code", Of("grant_types_supported"));
            Assert.Equal(["mydata"], Of("authorization_details_types_supported"));
            Assert.Equal(["pairwise"], Of("subject_types_supported"));
            Assert.Equal(["mydata", "openid", "profile", "email"], Of("scopes_supported"));
            Assert.Equal(["ES256"], Of("id_token_signing_alg_values_supported"));
            Assert.Equal(["LoA1", "LoA2", "LoA3", "LoA4"], Of("acr_values_supported"));
            Assert.Equal(["none", "login", "consent"], Of("prompt_values_supported"));
            Assert.Equal(
                ["sub", "acr", "amr", "auth_time", "name", "birthdate", "email", "email_verified"],
                Of("claims_supported")
            );
            Assert.True(told.GetProperty("claims_parameter_supported").GetBoolean());
            Assert.Equal($"{issuer}/connect/logout", told.GetProperty("end_session_endpoint").GetString());
        }
    }
}
