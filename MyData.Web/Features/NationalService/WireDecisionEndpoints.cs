using Microsoft.Extensions.Localization;
using MyData.Core.Consent;
using MyData.Core.Services;
using MyData.Core.Wire.ServiceSide;
using MyData.Web.Features.Services;
using MyData.Web.Hosting;

namespace MyData.Web.Features.NationalService;

/// <summary>Her browser's upload, her second decision, and the way back. What is not as the page showed it leads back to the page, and nothing is stored.</summary>
internal static class WireDecisionEndpoints
{
    public static void MapWireDecisions(this IEndpointRouteBuilder app)
    {
        app.MapPost(WireUrls.PartRoute, KeepAsync).RequireForm().WithMetadata(PersonLimit.Uploads);
        app.MapPost(WireUrls.HandOverRoute, HandOverAsync).RequireForm().WithMetadata(PersonLimit.Changes);
        app.MapGet(WireUrls.BackRoute, BackAsync).WithOrder(-1);
    }

    private static async Task<IResult> KeepAsync(
        HttpContext context,
        Guid id,
        Guid upload,
        int number,
        WireUploads uploads,
        WireSettings settings
    )
    {
        if (context.Request.ContentLength is not { } length || length > settings.PartBytes)
            return Results.Json(new { code = WireCodes.Upload }, statusCode: StatusCodes.Status413PayloadTooLarge);
        var bytes = new byte[length];
        await context.Request.Body.ReadExactlyAsync(bytes, context.RequestAborted);
        var kept = await uploads.KeepAsync(
            context.User.GetCitizenId(),
            id,
            upload,
            number,
            bytes,
            context.RequestAborted
        );
        return kept
            ? Results.NoContent()
            : Results.Json(new { code = WireCodes.Upload }, statusCode: StatusCodes.Status409Conflict);
    }

    private static async Task<IResult> HandOverAsync(
        HttpContext context,
        Guid id,
        RequestPages pages,
        NationalHandOver handOver,
        SpApiSender sender,
        LeadingBack leading,
        IStringLocalizer<ServicesText> text,
        IStringLocalizer<WireText> wire
    )
    {
        var stop = context.RequestAborted;
        var form = await context.Request.ReadFormAsync(stop);
        if (await pages.FindAsync(context, id) is not { IsNational: true } model)
            return new SeeOther(ServicesUrls.Over);
        var statement = WireStatement.ForHandOver(model, text, wire).Hash;
        if (
            DecisionEndpoints.Decision(form) is not { } decision
            || !Guid.TryParse(form["id"], out var consentId)
            || (form["statement"] != statement && !DecisionEndpoints.IsAgain(model, consentId))
            || (
                decision == ConsentDecision.Given
                && (!model.IsEnough || DecisionEndpoints.TooLow(model, model.Ready, context))
            )
        )
            return new SeeOther(ServicesUrls.Request(id));
        try
        {
            await handOver.DecideAsync(
                new DecideNational
                {
                    View = model.View,
                    Consent = DecisionEndpoints.Draft(context, consentId, decision, statement) with
                    {
                        Purpose = Purposes.Service,
                        Items =
                        [
                            .. model.Ready.Select(item => DecisionEndpoints.ItemOf(item, item.Transfer!.SealDigest)),
                        ],
                        Retention = model.View.Content.Retention,
                        Recipient = DecisionEndpoints.RecipientOf(model),
                    },
                    Packages = [.. model.Ready.Select(item => item.Transfer!)],
                    Upload = UploadOf(form),
                    Key = form["wire_key"],
                    Level = context.User.GetLevel(),
                    AuthTime = context.User.GetAuthTime(),
                },
                stop
            );
        }
        catch (ServiceException refused)
        {
            return new SeeOther(ServicesUrls.Problem(id, refused.Code));
        }
        if (decision != ConsentDecision.Given)
            return new LeadBack(leading.Address(model, ServiceCodes.Declined));
        await sender.TellAsync(id);
        // What the service did with it stands in the row.
        return await pages.FindAsync(context, id) is { Request.State: > RequestState.HandedOver } told
            ? new LeadBack(leading.Address(told))
            : new SeeOther(ServicesUrls.Request(id));
    }

    /// <summary>From the page that says what became of it; while that is not known yet, to that page.</summary>
    private static async Task<IResult> BackAsync(
        HttpContext context,
        Guid id,
        RequestPages pages,
        LeadingBack leading
    ) =>
        await pages.FindAsync(context, id) switch
        {
            { IsNational: true } model
                when model.Request.State > RequestState.HandedOver || pages.Requests.IsOver(model.Request) =>
                new LeadBack(leading.Address(model)),
            null => new SeeOther(ServicesUrls.Over),
            _ => new SeeOther(ServicesUrls.Request(id)),
        };

    private static WireUpload? UploadOf(IFormCollection form) =>
        Guid.TryParse(form["wire_upload"], out var id)
        && long.TryParse(form["wire_length"], System.Globalization.CultureInfo.InvariantCulture, out var length)
            ? new(id, length, form["wire_digest"].ToString())
            : null;
}
