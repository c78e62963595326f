using MyData.Core.Services;
using MyData.Core.Wire.ServiceSide;
using MyData.Web.Features.Services;
using MyData.Web.Features.SignIn;
using MyData.Web.Hosting;

namespace MyData.Web.Features.NationalService;

/// <summary>What a service on the national wire leads her browser to, and what it calls itself (protocols.md B2).</summary>
internal static class EntryEndpoints
{
    private const string TicketHeader = "permission_ticket";
    private const string JweType = "application/jwe";

    public static void MapEntry(this IEndpointRouteBuilder app)
    {
        var most = app.ServiceProvider.GetRequiredService<WireSettings>().MostOfNetwork;
        app.MapGet(WireUrls.EntryRoute, EnterAsync)
            .AllowAnonymous()
            .RequireRateLimiting(SignInSetup.RatePolicy)
            .WithMetadata(
                new EndpointLimit(
                    $"nobody's requests: {most} of a service from one network, {most * EntryPlaces.OfSite} from a /48 (`{WireCodes.Network}`)"
                )
            );
        app.MapGet(WireUrls.Data, FetchAsync).AllowAnonymous().RequireRateLimiting(SignInSetup.RatePolicy);
    }

    private static async Task<IResult> EnterAsync(
        HttpContext context,
        string clientId,
        string? rest,
        NationalEntry national,
        RequestBrowsers browsers
    )
    {
        Guid? citizen = context.User.IsCitizen() ? context.User.GetCitizenId() : null;
        var parts = (rest ?? "").Split('/');
        var answer = await national.EnterAsync(
            new EntryRequest
            {
                ClientId = clientId,
                DataSets = parts[0],
                // Anything but two parts is no path of this format.
                TxId = parts.Length == 2 ? parts[1] : "",
                ReturnUrl = Single(context, "returnUrl"),
                Pid = Single(context, "pid"),
                CitizenId = citizen,
                From = new(Visitor.Network(context), Visitor.Site(context.Connection.RemoteIpAddress)),
            },
            context.RequestAborted
        );
        switch (answer)
        {
            case EntryAnswer.Opened(var id):
                browsers.Remember(context, id);
                return new SeeOther(ServicesUrls.Request(id));
            case EntryAnswer.Again(var request, var refused):
                return Holds(context, browsers, request, citizen)
                    ? new SeeOther(ServicesUrls.Request(request.Id))
                    : new LeadBack(refused);
            case EntryAnswer.Back(var address):
                return new LeadBack(address);
            default:
                return new SeeOther(WireUrls.Refused(((EntryAnswer.Page)answer).Code));
        }
    }

    // Who loads the page again, in the same browser, is where she was.
    private static bool Holds(HttpContext context, RequestBrowsers browsers, ServiceRequest request, Guid? citizen) =>
        request.CitizenId is { } owner ? owner == citizen : browsers.Holds(context, request.Id);

    // Twice: who says which of them counts?
    private static string? Single(HttpContext context, string name) =>
        context.Request.Query[name] is [{ } value] ? value : null;

    private static async Task<IResult> FetchAsync(HttpContext context, NationalFetch fetch, WireUploads uploads)
    {
        var ticket = context.Request.Headers[TicketHeader] is [{ } value] ? value.Trim() : null;
        var from = context.Connection.RemoteIpAddress;
        var answer = await fetch.BeginAsync(ticket, from, context.RequestAborted);
        if (answer.Delivery is not { } delivery)
            return Refused(context, answer);
        context.Response.ContentType = JweType;
        context.Response.ContentLength = delivery.Length;
        try
        {
            await uploads.SendAsync(delivery, context.Response.Body, context.RequestAborted);
            await context.Response.CompleteAsync();
        }
        catch (Exception broken) when (broken is OperationCanceledException or IOException)
        {
            // The length is announced, so the service knows that it is not the whole.
            context.Abort();
            await fetch.ReleaseAsync(delivery);
            return Results.Empty;
        }
        await fetch.FinishAsync(delivery);
        return Results.Empty;
    }

    private static IResult Refused(HttpContext context, FetchAnswer answer)
    {
        if (answer.RetryAfter is { } wait)
            TooManyRequests.SetRetryAfter(context, wait);
        return Results.Json(new { code = answer.Code }, statusCode: answer.Status);
    }
}
