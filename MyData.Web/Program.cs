using MyData.Core.Data;
using MyData.Web.Features.Account;
using MyData.Web.Features.Catalog;
using MyData.Web.Features.Consent;
using MyData.Web.Features.Corrections;
using MyData.Web.Features.Counter;
using MyData.Web.Features.Desk;
using MyData.Web.Features.Download;
using MyData.Web.Features.History;
using MyData.Web.Features.Ledger;
using MyData.Web.Features.LedgerApi;
using MyData.Web.Features.Members;
using MyData.Web.Features.NationalService;
using MyData.Web.Features.Notices;
using MyData.Web.Features.Open;
using MyData.Web.Features.OpenId;
using MyData.Web.Features.Operations;
using MyData.Web.Features.Report;
using MyData.Web.Features.Services;
using MyData.Web.Features.SignIn;
using MyData.Web.Features.Staff;
using MyData.Web.Features.Watch;
using MyData.Web.Features.Witness;
using MyData.Web.Hosting;
using MyData.Web.Layout;
using MyData.Web.Sandbox;

if (args is [SandboxHost.Command, ..])
{
    await SandboxHost.RunAsync(args);
    return 0;
}

if (args is [WitnessHost.Command, ..])
    return await WitnessHost.RunAsync(args);

if (args is [KeysCommand.Name, ..])
{
    KeysCommand.Run(args);
    return 0;
}

if (args is [OperatorCommand.Name, ..])
    return OperatorCommand.Run(args);

if (args is [LedgerCommand.Name, ..])
    return LedgerCommand.Run(args);

if (args is [ReportCommand.Name, ..])
    return await ReportCommand.RunAsync(args);

if (args is [AuditCommand.Name, ..])
    return await AuditCommand.RunAsync(args);

if (args is [ExportCommand.Name, ..])
    return await ExportCommand.RunAsync(args);

if (args is [PromoteCommand.Name, ..])
    return await PromoteCommand.RunAsync(args);

try
{
    var builder = WebApplication.CreateBuilder(args);
    var settings = builder.AddHosting();
    builder.AddSandboxWhereOn(settings);
    builder.AddSignIn();
    builder.AddAccount();
    builder.AddDownload();
    builder.AddOpen();
    builder.AddCounterPages();
    builder.AddServicePages();
    builder.AddMemberPages();
    builder.AddNationalServicePages();
    builder.AddConsentPages();
    builder.AddNotices();
    builder.AddHistory();
    builder.AddLedger();
    builder.AddLedgerApi();
    builder.AddStaff();
    builder.AddWatch();
    builder.AddDesk();
    builder.AddOpenIdEndpoints();
    builder.AddKillSwitch();

    var app = builder.Build();
    app.Services.PrepareDatabase();
    app.UseHosting();
    app.MapStaticAssets().AllowAnonymous();
    app.MapHealth();
    app.MapPreferences();
    app.MapCatalog();
    app.MapSignIn();
    app.MapAccount();
    app.MapDownload();
    app.MapOpen();
    app.MapCounter();
    app.MapServices();
    app.MapMembers();
    app.MapNationalService();
    app.MapConsents();
    app.MapCorrections();
    app.MapNotices();
    app.MapHistory();
    app.MapLedger();
    app.MapLedgerApi();
    app.MapStaff();
    app.MapDesk();
    app.MapWatch();
    app.MapOpenId();
    await app.MapSandboxWhereOnAsync(settings);
    app.MapKillSwitch();
    app.MapRazorComponents<App>()
        .AddInteractiveServerRenderMode(options =>
        {
            // Our own Content-Security-Policy says it already, and more strictly.
            options.ContentSecurityFrameAncestorsPolicy = null;
            // It would hold 240 KB for each page that waits, more than all the rest of it; what goes over a circuit is small.
            options.DisableWebSocketCompression = true;
        })
        .LimitCircuits(settings.Circuits);
    await app.RunAsync();
    return 0;
}
catch (StartRefusedException refused)
{
    // For whoever runs it, who can mend it: where in the code it was found says nothing to her.
    await Console.Error.WriteLineAsync(refused.Message);
    return 1;
}

public partial class Program;
