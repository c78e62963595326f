using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Members;
using MyData.Core.Services;
using MyData.Web.Features.Services;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Members;

/// <summary>A sign-in as its page shows it.</summary>
/// <param name="Values">what is known of her, by claim; empty where nobody is signed in</param>
public sealed record MemberModel(
    MemberView View,
    MemberNeed Need,
    MemberVisitor? Visitor,
    IReadOnlyDictionary<string, string> Values
)
{
    public OnlineServiceListing Service => View.Service;
    public Guid Id => View.Request.Id;

    /// <summary>The claims that it needs, and those that it would only like to have and that are known of her.</summary>
    public IEnumerable<SignInClaim> Required => View.Asked.Where(claim => claim.Required);
    public IEnumerable<SignInClaim> Optional =>
        View.Asked.Where(claim => !claim.Required && Values.ContainsKey(claim.Name));
}

/// <summary>What the pages of this feature read from requests, sessions and accounts.</summary>
public sealed class MemberPages(
    MemberRequests requests,
    MemberSignIns signIns,
    MemberValues values,
    Sessions sessions,
    ReturnAddress back,
    IProviderAddresses addresses,
    RequestBrowsers browsers
)
{
    /// <summary>A service's own page.</summary>
    public Uri Site(OnlineServiceListing service) => addresses.ForBrowsers(service.Site);

    /// <summary>The sign-in with which this browser has just come.</summary>
    public async Task<MemberModel?> ComeInAsync(HttpContext context, Guid id) =>
        await requests.FindAsync(null, id, context.RequestAborted) is { } view ? await ModelAsync(context, view) : null;

    /// <summary>
    /// The sign-in of whoever looks: hers, or nobody's yet where this browser came with it; null for anybody else's.
    /// </summary>
    public async Task<MemberModel?> FindAsync(HttpContext context, Guid id)
    {
        Guid? citizen = context.User.IsCitizen() ? context.User.GetCitizenId() : null;
        var view = await requests.FindAsync(citizen, id, context.RequestAborted);
        return view is null || (view.Request.CitizenId is null && !browsers.Holds(context, id))
            ? null
            : await ModelAsync(context, view);
    }

    public bool IsOver(MemberModel model) => requests.IsOver(model.View.Request);

    /// <summary>She signs in there.</summary>
    /// <param name="given">the claims that she gives, now that she was asked; null: as she agreed before</param>
    /// <returns>Where she is led to.</returns>
    /// <exception cref="ServiceException">service.over; nothing was stored.</exception>
    public async Task<string> SignInAsync(
        HttpContext context,
        MemberModel model,
        IReadOnlyList<string>? given,
        string? statement
    )
    {
        var code = await signIns.SignInAsync(
            new MemberAnswer
            {
                View = model.View,
                Visitor = model.Visitor!,
                Given = given,
                Statement = statement,
            },
            context.RequestAborted
        );
        RequestBrowsers.Forget(context, model.Id);
        return To(model, "code", code);
    }

    /// <summary>She does not: because of her no, or because no page may be shown.</summary>
    /// <param name="asked">she was, and said no; else nobody was</param>
    /// <inheritdoc cref="SignInAsync"/>
    public async Task<string> LeaveAsync(HttpContext context, MemberModel model, bool asked = true)
    {
        var (code, error) = MemberSignIns.Refusal(model.Need, silent: !asked);
        await requests.EndAsync(model.View, model.Visitor?.CitizenId, code, asked, context.RequestAborted);
        RequestBrowsers.Forget(context, model.Id);
        return To(model, "error", error);
    }

    private async Task<MemberModel> ModelAsync(HttpContext context, MemberView view)
    {
        var stop = context.RequestAborted;
        var visitor = await VisitorAsync(context);
        return new(
            view,
            await signIns.NeedAsync(view, visitor, stop),
            visitor,
            visitor is null ? new Dictionary<string, string>() : await values.OfAsync(visitor.CitizenId, stop)
        );
    }

    private string To(MemberModel model, string name, string value) =>
        back.To(model.View.Content.RedirectUri, model.View.Content.State, name, value);

    // The cookie's claims tell her sign-in to the second; whether it was before or after a request is a matter of less.
    private async Task<MemberVisitor?> VisitorAsync(HttpContext context)
    {
        if (!context.User.IsCitizen())
            return null;
        var (citizen, session) = (context.User.GetCitizenId(), context.User.GetSessionId());
        var live = await sessions.ListAsync(citizen, context.RequestAborted);
        return live.FirstOrDefault(one => one.Id == session) is { } own
            ? new(citizen, session, own.Level, context.User.GetMethods(), own.SignedInAt)
            : null;
    }
}
