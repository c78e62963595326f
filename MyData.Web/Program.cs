using MyData.Core.Data;
using MyData.Web.Features.Catalog;
using MyData.Web.Features.Download;
using MyData.Web.Features.Notices;
using MyData.Web.Features.Open;
using MyData.Web.Features.OpenId;
using MyData.Web.Features.SignIn;
using MyData.Web.Hosting;
using MyData.Web.Layout;
using MyData.Web.Sandbox;

var builder = WebApplication.CreateBuilder(args);
builder.AddHosting();
builder.AddSignIn();
builder.AddOpen();
builder.AddNotices();
builder.AddKillSwitch();

var app = builder.Build();
app.Services.PrepareDatabase();
app.UseHosting();
app.MapStaticAssets().AllowAnonymous();
app.MapPreferences();
app.MapCatalog();
app.MapSignIn();
app.MapDownload();
app.MapKillSwitch();
app.MapNotices();
app.MapOpenId();
app.MapRazorComponents<App>()
    // Our own Content-Security-Policy says it already, and more strictly.
    .AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
app.Run();

public partial class Program;
