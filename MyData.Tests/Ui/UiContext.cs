using System.Globalization;
using System.Security.Claims;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using MyData.Web.Hosting;

namespace MyData.Tests.Ui;

/// <summary>Renders components of the portal in one language, as a request for one address would.</summary>
internal sealed class UiContext : BunitContext
{
    private readonly CultureInfo _before = CultureInfo.CurrentUICulture;

    public UiContext(string language = "zh-TW", string path = "/", string query = "")
    {
        CultureInfo.CurrentUICulture = CultureInfo.GetCultureInfo(language);
        Http.Request.Path = path;
        Http.Request.QueryString = new QueryString(query);
        Services.AddLogging().AddLocalization();
        Services.AddSingleton(new MyDataSettings());
        ComponentFactories.AddStub<Microsoft.AspNetCore.Components.Forms.AntiforgeryToken>();
        RenderTree.Add<CascadingValue<HttpContext>>(parameters => parameters.Add(value => value.Value, Http));
    }

    public HttpContext Http { get; } = new DefaultHttpContext();

    public UiContext SignIn()
    {
        Http.User = new(new ClaimsIdentity([new Claim(CitizenClaims.CitizenId, Guid.Empty.ToString())], "test"));
        return this;
    }

    protected override void Dispose(bool disposing)
    {
        CultureInfo.CurrentUICulture = _before;
        base.Dispose(disposing);
    }
}
