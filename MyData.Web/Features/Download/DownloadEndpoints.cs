using Microsoft.AspNetCore.Antiforgery;
using Microsoft.Extensions.Localization;
using MyData.Core.Catalog;
using MyData.Core.Consent;
using MyData.Core.Encryption;
using MyData.Core.Transfers;
using MyData.Web.Features.Help;
using MyData.Web.Features.SignIn;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Download;

public static class DownloadEndpoints
{
    private const string ClaimHeader = "MyData-Claim";

    public static void MapDownload(this IEndpointRouteBuilder app)
    {
        var limits = app.ServiceProvider.GetRequiredService<TransferSettings>();
        app.MapPost(DownloadUrls.FillIn, FillInAsync)
            .AllowAnonymous()
            .RequireRateLimiting(SignInSetup.RatePolicy)
            .WithMetadata(new RequireAntiforgeryTokenAttribute());
        app.MapPost(DownloadUrls.Decide, DecideAsync)
            .RequireForm()
            .WithMetadata(
                new EndpointLimit($"person: {limits.DecisionsAnHour} decisions an hour (`{TransferCodes.TooOften}`)"),
                new EndpointLimit($"person: {limits.MostOpen} transfers open (`{TransferCodes.TooManyOpen}`)")
            );
        app.MapPost(DownloadUrls.DoneRoute, DoneAsync).RequireForm().WithMetadata(PersonLimit.Changes);
        app.MapPost(DownloadUrls.ReportRoute, ReportAsync).RequireForm().WithMetadata(PersonLimit.Changes);
        app.MapGet(DownloadUrls.PackageRoute, PackageAsync).WithMetadata(PersonLimit.Packages);
        app.MapGet(DownloadUrls.ReceiptRoute, ReceiptAsync);
    }

    /// <summary>Writes nothing: seals what she filled in into a draft, and leads on, or back to the page that says what is wrong.</summary>
    private static async Task<IResult> FillInAsync(
        HttpContext context,
        Choices choices,
        SealedDrafts drafts,
        CancellationToken token
    )
    {
        // She signed in or out in another tab since: the page comes again, with a form of now and with what she typed. The
        // framework would not let that be read, but nothing is done with it that she does not see.
        var current = context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: true };
        context.Features.Set<IAntiforgeryValidationFeature>(null);
        var form = await context.Request.ReadFormAsync(token);
        var selection = await DownloadSelection.ReadAsync(form, choices, token);
        if (drafts.Keep(context, selection) is not { } kept)
            return Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
        if (!current || kept.IsEmpty || kept.SomeUnknown)
            return See(DownloadUrls.With(DownloadUrls.Details, kept));
        return See(kept.Problems().Any() ? DownloadUrls.Checked(kept) : DownloadUrls.With(DownloadUrls.Consent, kept));
    }

    /// <summary>The one write of the journey. What is not in order leads back to the page that can mend it; nothing is stored.</summary>
    private static async Task<IResult> DecideAsync(
        HttpContext context,
        Choices choices,
        Downloads downloads,
        TransferSettings settings,
        SealedDrafts drafts,
        IStringLocalizer<DownloadText> text,
        CancellationToken token
    )
    {
        var form = await context.Request.ReadFormAsync(token);
        var selection = await DownloadSelection.ReadAsync(form, choices, token);
        if (selection.IsEmpty || selection.SomeUnknown || selection.Problems().Any())
            return Back(DownloadUrls.Details);
        ConsentDecision? decision = form["decision"].ToString() switch
        {
            "agree" => ConsentDecision.Given,
            "refuse" => ConsentDecision.Refused,
            _ => null,
        };
        var recipient = RecipientForm.Read(form);
        var statement = ConsentStatement.For(selection, settings.Retention, text).Hash;
        // The catalogue, or her language, may have changed since the page was shown: she decides on what she has read.
        if (
            decision is null
            || form["statement"] != statement
            || !Guid.TryParse(form["id"], out var id)
            || (decision == ConsentDecision.Given && (recipient is null || TooLow(selection, context)))
        )
            return Back(DownloadUrls.Consent);

        try
        {
            var consentId = await downloads.DecideAsync(
                new DecideDownload
                {
                    Consent = DraftOf(id, decision.Value, selection, recipient, context, settings, statement),
                    Level = context.User.GetLevel(),
                    Methods = context.User.GetMethods(),
                    AuthTime = context.User.GetAuthTime(),
                    RecipientKey = decision == ConsentDecision.Given ? recipient!.Key : null,
                    ClaimHash = recipient?.ClaimHash,
                },
                token
            );
            return See(DownloadUrls.Progress(consentId));
        }
        catch (TransferException refused) when (refused.Code is TransferCodes.TooManyOpen or TransferCodes.TooOften)
        {
            return See(refused.Code == TransferCodes.TooOften ? DownloadUrls.TooOften : DownloadUrls.TooMany);
        }

        IResult Back(string path) =>
            drafts.Keep(context, selection) is { } kept
                ? See(DownloadUrls.With(path, kept))
                : Results.StatusCode(StatusCodes.Status413PayloadTooLarge);
    }

    private static async Task<IResult> DoneAsync(
        HttpContext context,
        Guid consentId,
        Downloads downloads,
        CancellationToken token
    )
    {
        await downloads.FinishAsync(context.User.GetCitizenId(), consentId, token);
        return See(DownloadUrls.Progress(consentId));
    }

    /// <summary>Her browser refused a package: the code goes into her history, and to whoever runs the agency.</summary>
    private static async Task<IResult> ReportAsync(
        HttpContext context,
        Guid consentId,
        Claims claims,
        CancellationToken token
    )
    {
        var form = await context.Request.ReadFormAsync(token);
        if (!Guid.TryParse(form["transfer"], out var transferId) || !Claims.IsCode(form["code"].ToString()))
            return Results.BadRequest();
        await claims.ReportAsync(context.User.GetCitizenId(), consentId, transferId, form["code"].ToString(), token);
        return Results.NoContent();
    }

    private static async Task<IResult> PackageAsync(
        HttpContext context,
        Guid transferId,
        Claims claims,
        Relay relay,
        CancellationToken token
    )
    {
        Transfer transfer;
        try
        {
            var claim = context.Request.Headers[ClaimHeader].ToString();
            transfer = await claims.ClaimAsync(context.User.GetCitizenId(), transferId, claim, token);
        }
        catch (TransferException refused)
        {
            var status = refused.Code == TransferCodes.ClaimRefused ? 403 : 404;
            return Results.Json(new { code = refused.Code }, statusCode: status);
        }
        context.Response.ContentType = "application/jose+json";
        context.Response.ContentLength = Relay.LengthOf(transfer);
        try
        {
            await relay.SendAsync(transfer, context.Response.Body, token);
        }
        catch (OperationCanceledException)
        {
            // Gone, or too slow: the length is announced, so she knows that it is not the whole.
            context.Abort();
        }
        return Results.Empty;
    }

    private static async Task<IResult> ReceiptAsync(
        HttpContext context,
        Guid consentId,
        Consents consents,
        CancellationToken token
    )
    {
        var receipt = await consents.FindReceiptAsync(context.User.GetCitizenId(), consentId, token);
        return receipt is null
            ? Results.NotFound()
            : Results.File(
                System.Text.Encoding.ASCII.GetBytes(receipt),
                "application/jose",
                $"mydata-receipt-{consentId}.jws"
            );
    }

    private static ConsentDraft DraftOf(
        Guid id,
        ConsentDecision decision,
        DownloadSelection selection,
        RecipientForm? recipient,
        HttpContext context,
        TransferSettings settings,
        string statement
    ) =>
        new()
        {
            Id = id,
            CitizenId = context.User.GetCitizenId(),
            SessionId = context.User.GetSessionId(),
            Decision = decision,
            Purpose = selection.For is null ? Purposes.OwnUse : Purposes.Counter,
            RecipientKey = recipient?.Key.Thumbprint() ?? "",
            Items =
            [
                .. selection.DataSets.Select(view => new ConsentItem
                {
                    DataSet = view.Id,
                    SchemaVersion = view.Listing.SchemaVersion,
                    Provider = view.Provider.Id,
                    Fields = [.. selection.FieldsOf(view).Select(field => field.Name)],
                    Parameters = selection.ParametersOf(view),
                    Wire = view.Listing.Wire,
                }),
            ],
            Language = Languages.IsEnglish ? "en" : "zh-TW",
            TextHash = statement,
            PolicyVersion = context.RequestServices.GetRequiredService<PrivacyStatement>().Version,
            Retention = settings.Retention,
        };

    private static bool TooLow(DownloadSelection selection, HttpContext context) =>
        !selection.DataSets.All(view => view.Listing.Suffices(context.User.GetLevel(), context.User.GetMethods()));

    /// <summary>303: the browser asks again with GET, so that reload and back send nothing twice.</summary>
    private static IResult See(string url) => new SeeOther(url);
}
