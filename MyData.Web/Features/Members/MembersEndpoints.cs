using Microsoft.Extensions.Localization;
using MyData.Core.Citizens;
using MyData.Core.Members;
using MyData.Core.OpenId;
using MyData.Core.Services;
using MyData.Web.Features.Services;
using MyData.Web.Features.SignIn;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Members;

/// <summary>Where she comes in from a service that signs her in, what she answers, and how she ends it.</summary>
public static class MembersEndpoints
{
    /// <summary>Everything about signing in at services; what one page needs of it is one service to it.</summary>
    public static void AddMemberPages(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<MemberPages>();

    public static void MapMembers(this IEndpointRouteBuilder app)
    {
        // Before the pages of the same addresses, which would otherwise answer the forms too.
        var own = app.MapGroup("").WithOrder(-1);
        own.MapPost(MembersUrls.SignInRoute, SignInAsync).RequireForm().WithMetadata(PersonLimit.Changes);
        own.MapPost(MembersUrls.EndRoute, EndAsync).RequireForm().WithMetadata(PersonLimit.Changes);
        var open = app.MapGroup("").WithOrder(-1).AllowAnonymous().RequireRateLimiting(SignInSetup.RatePolicy);
        open.MapPost(MembersUrls.DeclineRoute, DeclineAsync).RequireForm();
        open.MapGet(MembersUrls.Logout, LogoutAsync);
        open.MapPost(MembersUrls.Logout, LoggedOutAsync).RequireForm();
    }

    /// <summary>
    /// A browser comes with a pushed sign-in (RFC 9126 §4). Who agreed before, and is signed in as the service needs, is led back at once; so is
    /// everybody where no page may be shown (OpenID Connect Core §3.1.2.3).
    /// </summary>
    internal static async Task<IResult> ComeInAsync(HttpContext context, string client, string requestUri)
    {
        var services = context.RequestServices;
        var (requests, browsers) = (
            services.GetRequiredService<MemberRequests>(),
            services.GetRequiredService<RequestBrowsers>()
        );
        Guid id;
        try
        {
            id = await requests.OpenAsync(client, requestUri, context.RequestAborted);
        }
        catch (ServiceException)
        {
            // FAPI 2.0 Security Profile §5.3.2.2: who loads the page again, in the same browser, is where she was.
            var opened = await requests.FindOpenedAsync(client, requestUri, context.RequestAborted);
            return new SeeOther(
                opened is { } again && browsers.Holds(context, again) ? MembersUrls.Request(again) : ServicesUrls.Over
            );
        }
        var pages = services.GetRequiredService<MemberPages>();
        if (await pages.ComeInAsync(context, id) is not { } model)
            return new SeeOther(ServicesUrls.Over);
        if (model.Need == MemberNeed.Nothing)
        {
            if (await GoOnAsync(context, pages, model) is { } back)
                return new LeadBack(back);
            // What is wanted now is told, and not what was a moment ago.
            if (await pages.ComeInAsync(context, id) is not { } changed)
                return new SeeOther(ServicesUrls.Over);
            model = changed;
        }
        if (model.View.Content.Silent)
            return await LeaveSilentlyAsync(context, pages, model);
        browsers.Remember(context, id);
        return new SeeOther(MembersUrls.Request(id));
    }

    /// <summary>Nobody was asked: her history tells what was missing, and not that she said no.</summary>
    private static async Task<IResult> LeaveSilentlyAsync(HttpContext context, MemberPages pages, MemberModel model)
    {
        try
        {
            return new LeadBack(await pages.LeaveAsync(context, model, asked: false));
        }
        catch (ServiceException)
        {
            return new SeeOther(ServicesUrls.Over);
        }
    }

    /// <summary>As she agreed before; null where that changed in this very moment.</summary>
    private static async Task<string?> GoOnAsync(HttpContext context, MemberPages pages, MemberModel model)
    {
        try
        {
            return await pages.SignInAsync(context, model, given: null, statement: null);
        }
        catch (ServiceException)
        {
            return null;
        }
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context,
        Guid id,
        MemberPages pages,
        IStringLocalizer<MembersText> text
    )
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        if (await pages.FindAsync(context, id) is not { Visitor: not null } model)
            return new SeeOther(ServicesUrls.Over);
        var statement = MemberStatement.Of(model, text).Hash;
        var ready = model.Need is MemberNeed.Consent or MemberNeed.Nothing;
        try
        {
            if (form["decision"] == "refuse")
                return new LeadBack(await pages.LeaveAsync(context, model));
            if (form["decision"] != "agree" || !ready || form["statement"] != statement)
                return new SeeOther(MembersUrls.Request(id));
            var ticked = model.Optional.Where(claim => form["claim"].Contains(claim.Name));
            string[]? given =
                model.Need == MemberNeed.Nothing
                    ? null
                    : [.. model.Required.Concat(ticked).Select(claim => claim.Name)];
            return new LeadBack(await pages.SignInAsync(context, model, given, statement));
        }
        catch (ServiceException)
        {
            return new SeeOther(MembersUrls.Request(id));
        }
    }

    /// <summary>Her no, whether she has signed in or not.</summary>
    private static async Task<IResult> DeclineAsync(HttpContext context, Guid id, MemberPages pages)
    {
        if (await pages.FindAsync(context, id) is not { } model)
            return new SeeOther(ServicesUrls.Over);
        try
        {
            return new LeadBack(await pages.LeaveAsync(context, model));
        }
        catch (ServiceException)
        {
            return new SeeOther(MembersUrls.Request(id));
        }
    }

    /// <summary>The second click of a double click finds it done, and says the same.</summary>
    private static async Task<IResult> EndAsync(HttpContext context, Guid id, Memberships memberships)
    {
        var (citizen, session) = (context.User.GetCitizenId(), context.User.GetSessionId());
        var ended = await memberships.EndAsync(citizen, session, id, context.RequestAborted);
        return ended || await memberships.FindAsync(citizen, id, context.RequestAborted) is not null
            ? new SeeOther(MembersUrls.Ended(id))
            : Results.NotFound();
    }

    /// <summary>OpenID Connect RP-Initiated Logout §2. Who is not signed in here has nothing to answer.</summary>
    private static async Task<IResult> LogoutAsync(HttpContext context, MemberLogout logout)
    {
        if (context.User.IsCitizen())
            return new SeeOther(MembersUrls.SignOut + context.Request.QueryString);
        try
        {
            var asked = await LogoutPage.ReadAsync(logout, name => context.Request.Query[name], context.RequestAborted);
            return asked?.Back is { } back ? new LeadBack(back.AbsoluteUri) : new SeeOther(SignInUrls.SignedOut);
        }
        catch (OpenIdException)
        {
            return new SeeOther(MembersUrls.SignOut + context.Request.QueryString);
        }
    }

    /// <summary>Her answer: she is signed out here too, or not. Read anew, so that the form leads nowhere that the link would not.</summary>
    private static async Task<IResult> LoggedOutAsync(
        HttpContext context,
        MemberLogout logout,
        Sessions sessions,
        IdentityChecks checks
    )
    {
        var form = await context.Request.ReadFormAsync(context.RequestAborted);
        Uri? back = null;
        try
        {
            back = (await LogoutPage.ReadAsync(logout, name => form[name], context.RequestAborted))?.Back;
        }
        catch (OpenIdException)
        {
            // It is no service's word; what she says counts all the same.
        }
        var all = form["decision"] == "all";
        if (all)
            await SignInEndpoints.EndAsync(context, sessions, checks, shared: false);
        return back is not null ? new LeadBack(back.AbsoluteUri) : new SeeOther(all ? SignInUrls.SignedOut : "/");
    }
}
