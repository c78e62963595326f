using MyData.Core.Services;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Consent;

public static class ConsentsEndpoints
{
    public static void AddConsentPages(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<ConsentLines>();

    public static void MapConsents(this IEndpointRouteBuilder app)
    {
        (string Route, Delegate Answer)[] all =
        [
            (ConsentsUrls.WithdrawRoute, WithdrawAsync),
            (ConsentsUrls.PauseRoute, PauseAsync),
            (ConsentsUrls.ResumeRoute, ResumeAsync),
            (ConsentsUrls.StrikeRoute, StrikeAsync),
        ];
        // Before the page of the same address, which would otherwise answer the form too.
        foreach (var (route, answer) in all)
            app.MapPost(route, answer).RequireForm().WithMetadata(PersonLimit.Changes).WithOrder(-1);
    }

    /// <summary>The second click of a double click finds it done, and says the same.</summary>
    private static async Task<IResult> WithdrawAsync(
        HttpContext context,
        Guid id,
        ServiceWithdrawals withdrawals,
        ServiceConsents consents
    )
    {
        var (citizen, session) = (context.User.GetCitizenId(), context.User.GetSessionId());
        if (await withdrawals.WithdrawAsync(citizen, session, id, context.RequestAborted))
            return new SeeOther(ConsentsUrls.Done(id));
        return await consents.FindAsync(citizen, id, context.RequestAborted) switch
        {
            null => Results.NotFound(),
            { Request.WithdrawnAt: not null } => new SeeOther(ConsentsUrls.Done(id)),
            _ => new SeeOther(ConsentsUrls.Settled(id)),
        };
    }

    // What the page says then is what is so, whoever made it so first.
    private static async Task<IResult> PauseAsync(HttpContext context, Guid id, StandingConsents standing)
    {
        await standing.PauseAsync(context.User.GetCitizenId(), id, context.RequestAborted);
        return new SeeOther(ConsentsUrls.Changed(id));
    }

    private static async Task<IResult> ResumeAsync(HttpContext context, Guid id, StandingConsents standing)
    {
        await standing.ResumeAsync(context.User.GetCitizenId(), id, context.RequestAborted);
        return new SeeOther(ConsentsUrls.Changed(id));
    }

    private static async Task<IResult> StrikeAsync(HttpContext context, Guid id, StandingConsents standing)
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        var item = form["item"].ToString();
        await standing.StrikeAsync(context.User.GetCitizenId(), id, item, context.RequestAborted);
        return new SeeOther(ConsentsUrls.Struck(id));
    }
}
