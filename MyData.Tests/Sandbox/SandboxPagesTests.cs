using System.Net;
using System.Text.RegularExpressions;
using MyData.Web.Sandbox.Personas;

namespace MyData.Tests.Sandbox;

public sealed partial class SandboxPagesTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    [Theory]
    [InlineData("sandbox", "zh-TW", "十二個虛構的人")]
    [InlineData("sandbox", "en", "Twelve made-up people")]
    [InlineData("sandbox/mailbox", "zh-TW", "還沒有信")]
    [InlineData("sandbox/mailbox", "en", "No mail yet")]
    [InlineData("sandbox/misbehave", "zh-TW", "怪機關該怎麼出錯")]
    [InlineData("sandbox/misbehave", "en", "How should the odd agency go wrong?")]
    public async Task Page_InEitherLanguage_IsWhole(string path, string language, string text)
    {
        var page = await GetAsync(path, language);
        Assert.StartsWith("<!DOCTYPE html>", page);
        Assert.Contains($"lang=\"{language}\"", page);
        Assert.Contains(text, page);
        Assert.DoesNotContain("Behaviour-", page);
    }

    [Fact]
    public async Task Index_Always_ShowsTheNumbersThatSignInAsksFor()
    {
        var page = WebUtility.HtmlDecode(await GetAsync("sandbox", "zh-TW"));
        foreach (var persona in SandboxPersonas.All)
        {
            Assert.Contains(persona.Name, page);
            Assert.Contains(persona.Id.Value, page);
            Assert.Contains(persona.HealthCard, page);
            Assert.Contains(persona.Household, page);
        }
    }

    [Fact]
    public async Task Misbehave_FormSent_SetsTheSwitch()
    {
        using var page = await sandbox.Http.GetAsync("sandbox/misbehave");
        var field = Field().Match(await page.Content.ReadAsStringAsync());
        using var post = new HttpRequestMessage(HttpMethod.Post, "sandbox/misbehave");
        post.Headers.Add("Cookie", page.Headers.GetValues("Set-Cookie").Select(c => c.Split(';')[0]));
        post.Content = new FormUrlEncodedContent([
            new(field.Groups[1].Value, field.Groups[2].Value),
            new("behaviour", "bomb"),
        ]);
        using var response = await sandbox.Http.SendAsync(post);
        Assert.Equal(HttpStatusCode.Redirect, response.StatusCode);
        Assert.Contains("Unpacks to 220 MB", await GetAsync("sandbox", "en"));
        using var off = await sandbox.Http.PutAsync("sandbox/misbehave/none", null);
    }

    [Fact]
    public async Task Misbehave_WithoutTheFormsToken_IsRefused()
    {
        using var form = new FormUrlEncodedContent([new("behaviour", "bomb")]);
        using var response = await sandbox.Http.PostAsync("sandbox/misbehave", form);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    [Fact]
    public async Task Pages_Always_CarryTheHeadersOfEveryPage()
    {
        using var response = await sandbox.Http.GetAsync("sandbox");
        Assert.Contains("default-src 'none'", response.Headers.GetValues("Content-Security-Policy").Single());
        Assert.Equal("nosniff", response.Headers.GetValues("X-Content-Type-Options").Single());
    }

    private async Task<string> GetAsync(string path, string language)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.Add("Accept-Language", language);
        using var response = await sandbox.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    [GeneratedRegex("""<input type="hidden" name="([^"]+)" value="([^"]+)""")]
    private static partial Regex Field();
}
