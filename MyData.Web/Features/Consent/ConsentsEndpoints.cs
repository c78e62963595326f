using MyData.Core.Services;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Consent;

public static class ConsentsEndpoints
{
    public static void AddConsentPages(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<ConsentLines>();

    public static void MapConsents(this IEndpointRouteBuilder app) =>
        // Before the page of the same address, which would otherwise answer the form too.
        app.MapPost(ConsentsUrls.WithdrawRoute, WithdrawAsync)
            .RequireForm()
            .WithMetadata(PersonLimit.Changes)
            .WithOrder(-1);

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
}
