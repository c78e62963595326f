using Microsoft.AspNetCore.Antiforgery;
using MyData.Core.Members;
using MyData.Core.OpenId;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Core.Wire.ServiceSide;
using MyData.Web.Features.Members;
using MyData.Web.Features.NationalService;
using MyData.Web.Features.OpenId;
using MyData.Web.Features.SignIn;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Services;

/// <summary>Where she comes in from a service, and goes back with nothing.</summary>
public static class ServicesEndpoints
{
    public static void MapServices(this IEndpointRouteBuilder app)
    {
        app.MapGet(OpenIdUrls.Authorize, AuthorizeAsync).AllowAnonymous().RequireRateLimiting(SignInSetup.RatePolicy);
        var open = app.MapGroup("").WithOrder(-1);
        open.MapPost(ServicesUrls.DeclineRoute, DeclineAsync)
            .AllowAnonymous()
            .RequireForm()
            .RequireRateLimiting(SignInSetup.RatePolicy);
        open.MapGet(ServicesUrls.StateRoute, StateAsync).WithMetadata(PersonLimit.Counter);
        open.MapGet(ServicesUrls.ConsentRoute, ConsentAsync);
        app.MapDecisions();
        app.MapDelivery();
        app.MapServiceEvents();
    }

    /// <summary>RFC 9126 §4: who, and which pushed request; nothing else is heard.</summary>
    private static async Task<IResult> AuthorizeAsync(
        HttpContext context,
        PushedRequests requests,
        RequestBrowsers browsers
    )
    {
        var query = context.Request.Query;
        if (query.Count != 2 || query["client_id"] is not [{ } client] || query["request_uri"] is not [{ } uri])
            return new SeeOther(ServicesUrls.Over);
        if (MemberRequests.IsSignIn(uri))
            return await MembersEndpoints.ComeInAsync(context, client, uri);
        try
        {
            var id = await requests.OpenAsync(client, uri, context.RequestAborted);
            browsers.Remember(context, id);
            return new SeeOther(ServicesUrls.Request(id));
        }
        catch (ServiceException)
        {
            // FAPI 2.0 Security Profile §5.3.2.2: who loads the page again, in the same browser, is where she was.
            var opened = await requests.FindOpenedAsync(client, uri, context.RequestAborted);
            return new SeeOther(
                opened is { } id && browsers.Holds(context, id) ? ServicesUrls.Request(id) : ServicesUrls.Over
            );
        }
    }

    /// <summary>Her no, whether she has signed in or not.</summary>
    private static async Task<IResult> DeclineAsync(
        HttpContext context,
        Guid id,
        RequestPages pages,
        LeadingBack leading
    )
    {
        Guid? citizen = context.User.IsCitizen() ? context.User.GetCitizenId() : null;
        var model = await pages.FindAsync(context, id, bind: true);
        if (model is null)
            return new SeeOther(ServicesUrls.Over);
        // Where what it needs could not be had, the service hears that instead of a no; that an agency holds nothing on her it does not hear.
        var failed =
            model is { Request.State: RequestState.Fetching, IsMoving: false }
            && model.Items.Any(item =>
                item.Asked.Required
                && item.Transfer?.State is TransferState.Failed or TransferState.Done or TransferState.Expired
            );
        var code =
            model.IsForAnother ? WireCodes.OtherPerson
            : model.IsSuspended ? ServiceCodes.Suspended
            : failed ? ServiceCodes.NotFetched
            : ServiceCodes.Declined;
        try
        {
            return new LeadBack(await leading.DeclineAsync(citizen, model, code, context.RequestAborted));
        }
        catch (ServiceException)
        {
            return new SeeOther(ServicesUrls.Request(id));
        }
    }

    /// <summary>What the waiting page's module looks at: another text is another page.</summary>
    private static async Task<IResult> StateAsync(HttpContext context, Guid id, RequestPages pages)
    {
        var model = await pages.FindAsync(context, id);
        return model is null ? Results.NotFound() : Results.Json(new { state = StateOf(model) });
    }

    private static async Task<IResult> ConsentAsync(HttpContext context, Guid consentId, RequestPages pages)
    {
        var id = await pages.Requests.OfConsentAsync(context.User.GetCitizenId(), consentId, context.RequestAborted);
        return new SeeOther(id is { } found ? ServicesUrls.Request(found) : ServicesUrls.Over);
    }

    internal static string StateOf(RequestModel model) =>
        string.Join(
            ' ',
            [
                $"{model.Request.State} {model.IsSuspended || model.IsHeldBack}",
                .. model.Items.Select(item => $"{item.Transfer?.State}"),
            ]
        );
}
