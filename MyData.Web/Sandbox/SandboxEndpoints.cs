using Microsoft.AspNetCore.Http.HttpResults;
using MyData.Core.Catalog;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Bank;
using MyData.Web.Sandbox.City;
using MyData.Web.Sandbox.Identity;
using MyData.Web.Sandbox.Library;
using MyData.Web.Sandbox.Mail;
using MyData.Web.Sandbox.Misbehaving;
using MyData.Web.Sandbox.Pages;
using MyData.Web.Sandbox.Relying;
using MyData.Web.Sandbox.Subsidy;

namespace MyData.Web.Sandbox;

/// <summary>Every address of the sandbox, all below <c>/sandbox</c> and open to everybody: nothing here is anybody's.</summary>
public static class SandboxEndpoints
{
    public static void MapSandbox(this IEndpointRouteBuilder app)
    {
        var sandbox = app.MapGroup(SandboxAddress.Root).AllowAnonymous();
        sandbox.MapGet("/", () => new RazorComponentResult<IndexPage>());
        MapAgencies(sandbox);
        MapMisbehaviour(sandbox);
        MapMailbox(sandbox);
        sandbox.MapIdentityProvider();
        sandbox.MapRelyingParty<BankPage>(BankListing.Root);
        sandbox.MapRelyingParty<SubsidyPage>(SubsidyListing.Root);
        sandbox.MapLibrary();
        sandbox.MapCity();
        sandbox
            .MapPost(
                DocumentAuthority.Path,
                (HttpContext http, DocumentAuthority authority) => authority.AnswerAsync(http)
            )
            .DisableAntiforgery();
    }

    private static void MapAgencies(RouteGroupBuilder sandbox)
    {
        sandbox.MapGet("/builds.json", (BuiltPackages built) => Results.Json(built.Counts));
        foreach (var agency in SandboxAgencies.All)
        {
            foreach (var dataSet in agency.DataSets.Where(d => d.Address is null))
            {
                sandbox
                    .MapMethods(
                        agency.PathOf(dataSet),
                        [HttpMethods.Get, HttpMethods.Post],
                        (HttpContext http) => AnswerAsync(http, agency, dataSet)
                    )
                    .DisableAntiforgery();
                sandbox
                    .MapPost(
                        $"{agency.PathOf(dataSet)}/handovers",
                        (HttpContext http, AgencyHandOvers told) => told.TakeAsync(http, agency, dataSet)
                    )
                    .DisableAntiforgery();
            }
        }
        sandbox.MapGet("/told", () => new RazorComponentResult<ToldPage>());
        sandbox.MapGet("/corrections", () => new RazorComponentResult<CorrectionsPage>());
        sandbox.MapPost("/corrections", CorrectAsync);
    }

    private static Task AnswerAsync(HttpContext http, SandboxAgency agency, SandboxDataSet dataSet)
    {
        var services = http.RequestServices;
        if (http.Request.Query["heartbeat"] == "true")
        {
            // An agency in trouble says so: its heartbeat follows the switch.
            var trouble =
                dataSet.Misbehaves
                && services.GetRequiredService<MisbehaveSwitch>().Current is "error" or "maintenance";
            http.Response.StatusCode = trouble ? StatusCodes.Status500InternalServerError : StatusCodes.Status200OK;
            return Task.CompletedTask;
        }
        if (dataSet.Wire == WireFormat.National)
            return services.GetRequiredService<NationalEndpoint>().AnswerAsync(http, agency, dataSet);
        if (HttpMethods.IsPost(http.Request.Method))
            return services.GetRequiredService<NativeEndpoint>().AnswerAsync(http, agency, dataSet);
        http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
        return Task.CompletedTask;
    }

    private static async Task<IResult> CorrectAsync(HttpContext http, IFormCollection form, CorrectionDesk desk) =>
        SandboxAgencies.All.FirstOrDefault(one => one.Id == form["agency"]) is { } agency
        && await desk.AnswerAsync(agency, form["id"].ToString(), form["answer"].ToString(), http.RequestAborted)
            ? Results.LocalRedirect("/sandbox/corrections")
            : Results.BadRequest();

    private static void MapMisbehaviour(RouteGroupBuilder sandbox)
    {
        sandbox.MapGet("/misbehave", () => new RazorComponentResult<MisbehavePage>());
        sandbox.MapPost(
            "/misbehave",
            (IFormCollection form, MisbehaveSwitch misbehave) =>
                misbehave.Set(form["behaviour"].ToString())
                    ? Results.LocalRedirect("/sandbox/misbehave")
                    : Results.BadRequest()
        );
        sandbox.MapPut(
            "/misbehave/{behaviour}",
            (string behaviour, MisbehaveSwitch misbehave) =>
                misbehave.Set(behaviour) ? Results.NoContent() : Results.NotFound(Misbehaviours.Names)
        );
    }

    private static void MapMailbox(RouteGroupBuilder sandbox)
    {
        sandbox.MapGet("/mailbox", () => new RazorComponentResult<MailboxPage>());
        sandbox.MapGet(
            "/mailbox.json",
            (Mailbox mailbox, SmtpSink smtp) => Results.Json(new { port = smtp.Port, mails = mailbox.All() })
        );
        sandbox.MapDelete("/mailbox.json", (Mailbox mailbox) => mailbox.Clear());
    }
}
