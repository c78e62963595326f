using Microsoft.AspNetCore.Http;
using MyData.Web.Hosting;

namespace MyData.Tests.Hosting;

public sealed class CrossSiteFormsTests
{
    [Theory]
    [InlineData("POST", "navigate", "cross-site")]
    [InlineData("POST", "cors", "same-site")]
    [InlineData("DELETE", "cors", "cross-site")]
    [InlineData("GET", "websocket", "cross-site")]
    [InlineData("GET", "websocket", "same-site")]
    public async Task Request_OfAnotherOriginThatChangesOrConnects_IsRefused(string method, string mode, string site) =>
        Assert.Equal(StatusCodes.Status403Forbidden, await StatusAsync(method, mode, site));

    [Theory]
    [InlineData("POST", "navigate", "same-origin")]
    [InlineData("GET", "navigate", "cross-site")]
    [InlineData("GET", "websocket", "same-origin")]
    [InlineData("POST", null, null)]
    public async Task Request_OfOurPagesOrALinkOrNoBrowser_Passes(string method, string? mode, string? site) =>
        Assert.Equal(StatusCodes.Status200OK, await StatusAsync(method, mode, site));

    private static async Task<int> StatusAsync(string method, string? mode, string? site)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        if (mode is not null)
            context.Request.Headers["Sec-Fetch-Mode"] = mode;
        if (site is not null)
            context.Request.Headers["Sec-Fetch-Site"] = site;
        await new CrossSiteForms(_ => Task.CompletedTask).InvokeAsync(context);
        return context.Response.StatusCode;
    }
}
