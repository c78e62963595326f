using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using MyData.Core.Consent;
using MyData.Core.Counter;
using MyData.Web.Features.Help;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Counter;

/// <summary>The citizen's forms: decide, renew, cancel, appoint, end; and the agent's.</summary>
public static class CounterEndpoints
{
    public static void MapCounter(this IEndpointRouteBuilder app)
    {
        // Before the pages of the same address, which would otherwise answer the form too.
        var forms = app.MapGroup("").WithMetadata(PersonLimit.Changes).WithOrder(-1);
        forms.MapPost(CounterUrls.Decide, DecideAsync).RequireForm();
        forms.MapPost(CounterUrls.RenewRoute, RenewAsync).RequireForm();
        forms.MapPost(CounterUrls.CancelRoute, CancelAsync).RequireForm();
        forms.MapPost(CounterUrls.AppointRoute, AppointAsync).RequireForm();
        forms.MapPost(CounterUrls.HandOnRoute, HandOnAsync).RequireForm();
        forms.MapPost(CounterUrls.EndAgentRoute, EndAgentAsync).RequireForm();
        forms.MapPost(CounterUrls.AcceptRoute, AcceptAsync).RequireForm();
        forms.MapPost(CounterUrls.DropRoute, DropAsync).RequireForm();
        app.MapHolder();
        app.MapClerk();
    }

    /// <summary>The one write of the journey. What is not as the page showed it leads back to the page.</summary>
    private static async Task<IResult> DecideAsync(
        HttpContext context,
        CounterPages pages,
        CounterTickets tickets,
        IStringLocalizer<CounterText> text,
        PrivacyStatement privacy
    )
    {
        var stop = context.RequestAborted;
        var form = await context.Request.ReadFormAsync(stop);
        if (await pages.Services.FindAsync(form["service"].ToString(), stop) is not { } service)
            return new SeeOther(CounterUrls.List);
        var chosen = form["ds"].OfType<string>().ToList();
        var choice = await pages.ChoiceAsync(context.User.GetCitizenId(), service, chosen, stop);
        var statement = CounterStatement.For(choice, text).Hash;
        var decision = form["decision"].ToString();
        if (
            !Guid.TryParse(form["id"], out var id)
            || choice.IsMissing
            || choice.Asks
            || form["statement"] != statement
            || decision is not ("phone" or "paper" or "refuse")
        )
            return new SeeOther(CounterUrls.Show(service.Id));
        var draft = DraftOf(id, decision, choice, context, statement, privacy);
        try
        {
            await tickets.MakeAsync(
                new MakeTicket
                {
                    Consent = draft,
                    Service = service,
                    Packages = [.. choice.Chosen.Select(offer => offer.Package!)],
                    Printed = decision == "paper",
                },
                stop
            );
        }
        catch (CounterException refused)
        {
            return new SeeOther($"{CounterUrls.Show(service.Id)}?problem={refused.Code}");
        }
        return new SeeOther(
            decision == "refuse" ? $"{CounterUrls.Service(service.Id)}?refused=1" : CounterUrls.Ticket(id)
        );
    }

    private static Task<IResult> RenewAsync(
        HttpContext context,
        Guid consentId,
        CounterTickets tickets,
        [FromForm] string? medium
    ) =>
        BackAsync(
            consentId,
            () =>
                tickets.RenewAsync(
                    context.User.GetCitizenId(),
                    consentId,
                    printed: medium == "paper",
                    context.RequestAborted
                )
        );

    private static Task<IResult> CancelAsync(HttpContext context, Guid consentId, CounterTickets tickets) =>
        BackAsync(
            consentId,
            async () =>
            {
                if (!await tickets.CancelAsync(context.User.GetCitizenId(), consentId, context.RequestAborted))
                    throw new CounterException(CounterCodes.Over);
            }
        );

    /// <summary>The same answer, whether there is such a person or not.</summary>
    private static async Task<IResult> AppointAsync(
        HttpContext context,
        Guid consentId,
        CounterAgents agents,
        IStringLocalizer<CounterText> text,
        [FromForm] string? id,
        [FromForm] string? birthday
    )
    {
        var form = AppointForm.Read(id, birthday, text);
        if (form.Who is not { } who)
            return context.Page(form, StatusCodes.Status422UnprocessableEntity);
        try
        {
            await agents.AppointAsync(
                context.User.GetCitizenId(),
                consentId,
                who.Id,
                who.Birthday,
                context.RequestAborted
            );
            return new SeeOther(CounterUrls.Ticket(consentId));
        }
        catch (CounterException refused) when (refused.Code is CounterCodes.AgentSelf or CounterCodes.AgentTooMany)
        {
            return context.Page(form with { Code = refused.Code }, StatusCodes.Status422UnprocessableEntity);
        }
        catch (CounterException refused)
        {
            return new SeeOther(CounterUrls.Problem(consentId, refused.Code));
        }
    }

    private static Task<IResult> HandOnAsync(
        HttpContext context,
        Guid consentId,
        CounterAgents agents,
        [FromForm] string? entries
    ) =>
        HolderEndpoints.WithEntriesAsync(
            entries,
            read => agents.HandOnAsync(context.User.GetCitizenId(), consentId, read, context.RequestAborted)
        );

    private static Task<IResult> EndAgentAsync(HttpContext context, Guid consentId, CounterAgents agents) =>
        BackAsync(consentId, () => agents.EndAsync(context.User.GetCitizenId(), consentId, context.RequestAborted));

    private static async Task<IResult> AcceptAsync(
        HttpContext context,
        Guid id,
        CounterAgents agents,
        [FromForm] string? key
    )
    {
        try
        {
            await agents.AcceptAsync(context.User.GetCitizenId(), id, key ?? "", context.RequestAborted);
            return new SeeOther(CounterUrls.Agent(id));
        }
        catch (CounterException refused)
        {
            return new SeeOther($"{CounterUrls.Agents}?problem={refused.Code}");
        }
    }

    private static async Task<IResult> DropAsync(HttpContext context, Guid id, CounterAgents agents)
    {
        var (person, stop) = (context.User.GetCitizenId(), context.RequestAborted);
        if (await agents.FindAsync(person, id, stop) is { Agent: var agent })
            await agents.EndAsync(person, agent.ConsentId, stop);
        return new SeeOther(CounterUrls.Agents);
    }

    private static async Task<IResult> BackAsync(Guid consentId, Func<Task> step)
    {
        try
        {
            await step();
            return new SeeOther(CounterUrls.Ticket(consentId));
        }
        catch (CounterException refused)
        {
            return new SeeOther(CounterUrls.Problem(consentId, refused.Code));
        }
    }

    private static ConsentDraft DraftOf(
        Guid id,
        string decision,
        CounterChoice choice,
        HttpContext context,
        string statement,
        PrivacyStatement privacy
    ) =>
        new()
        {
            Id = id,
            CitizenId = context.User.GetCitizenId(),
            SessionId = context.User.GetSessionId(),
            Decision = decision == "refuse" ? ConsentDecision.Refused : ConsentDecision.Given,
            Purpose = Purposes.Counter,
            RecipientKey = "",
            Items =
            [
                .. choice.Chosen.Select(offer =>
                    offer.Package!.Item with
                    {
                        Fields = offer.Package.Fields,
                        // What she typed for the agency is no business of the counter's.
                        Parameters = new Dictionary<string, string>(),
                    }
                ),
            ],
            Language = Languages.IsEnglish ? "en" : "zh-TW",
            TextHash = statement,
            PolicyVersion = privacy.Version,
            Retention = choice.Service.Retention,
            Recipient = new(ConsentRecipient.CounterService, choice.Service.Id, choice.Service.TermsVersion),
        };
}
