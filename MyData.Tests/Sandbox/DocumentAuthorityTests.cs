using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Personas;

namespace MyData.Tests.Sandbox;

public sealed class DocumentAuthorityTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    private const string Path = "sandbox/authorities/documents";

    [Fact]
    public async Task Ask_NumbersOfOnePerson_Match()
    {
        foreach (var persona in SandboxPersonas.All)
        {
            var result = await AskAsync(persona.Id.Value, persona.HealthCard, persona.Household);
            Assert.Equal(persona.DocumentsActivated ? 0 : 2, result);
        }
    }

    [Theory]
    [InlineData("A299001174", "000012345671", "F1230018")]
    [InlineData("A299001174", "000012345672", "F1230017")]
    [InlineData("A299002135", "000012345671", "F1230017")]
    [InlineData("A123456789", "000012345671", "F1230017")]
    [InlineData("not an id", "", "")]
    // Right but for the household: that her matching is not activated is nobody's business then.
    [InlineData("V299009945", "000123456782", "V9940322")]
    public async Task Ask_AnyNumberWrong_IsTheSameNoMatch(string id, string healthCard, string household) =>
        Assert.Equal(1, await AskAsync(id, healthCard, household));

    [Fact]
    public async Task Ask_Stranger_IsRefused()
    {
        foreach (
            var credentials in new[]
            {
                null,
                Basic("mydata-portal", "wrong"),
                Basic("somebody", sandbox.Keys.ClientSecret),
            }
        )
        {
            using var response = await SendAsync(credentials, """{"id":"","health_card":"","household":""}""");
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    public async Task Ask_AssertionByThePortalsKey_IsTaken()
    {
        var now = sandbox.Time.GetUtcNow().ToUnixTimeSeconds();
        string Assertion(string audience) =>
            Jws.Sign(
                sandbox.Issuer.Key,
                "ES256",
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        iss = "mydata-portal",
                        sub = "mydata-portal",
                        aud = audience,
                        exp = now + 60,
                        jti = "x",
                    }
                )
            );
        const string question = """{"id":"","health_card":"","household":""}""";
        using var good = await SendAsync(new("Bearer", Assertion($"{sandbox.Http.BaseAddress}{Path}")), question);
        using var other = await SendAsync(new("Bearer", Assertion("https://elsewhere.example")), question);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Unauthorized), (good.StatusCode, other.StatusCode));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"id":"a","id":"b","health_card":"","household":""}""")]
    public async Task Ask_Malformed_IsABadRequest(string body)
    {
        using var response = await SendAsync(Basic("mydata-portal", sandbox.Keys.ClientSecret), body);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private async Task<int> AskAsync(string id, string healthCard, string household)
    {
        var body = JsonSerializer.Serialize(
            new
            {
                id,
                health_card = healthCard,
                household,
            }
        );
        using var response = await SendAsync(Basic("mydata-portal", sandbox.Keys.ClientSecret), body);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("result").GetInt32();
    }

    private Task<HttpResponseMessage> SendAsync(AuthenticationHeaderValue? credentials, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, Path);
        request.Headers.Authorization = credentials;
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        return sandbox.Http.SendAsync(request);
    }

    private static AuthenticationHeaderValue Basic(string id, string secret) =>
        new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{id}:{secret}")));
}
