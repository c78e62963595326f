using Microsoft.Extensions.Localization;
using MyData.Core.Consent;
using MyData.Core.Encryption;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Web.Features.Counter;
using MyData.Web.Features.Download;
using MyData.Web.Features.Help;
using MyData.Web.Features.NationalService;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Services;

/// <summary>The two decisions: to fetch, and to hand over. What is not as the page showed it leads back to the page, and nothing is stored.</summary>
internal static class DecisionEndpoints
{
    public static void MapDecisions(this IEndpointRouteBuilder app)
    {
        var limits = app.ServiceProvider.GetRequiredService<TransferSettings>();
        app.MapPost(ServicesUrls.FetchRoute, FetchAsync)
            .RequireForm()
            .WithMetadata(
                new EndpointLimit($"person: {limits.DecisionsAnHour} decisions an hour (`{TransferCodes.TooOften}`)"),
                new EndpointLimit($"person: {limits.MostOpen} transfers open (`{TransferCodes.TooManyOpen}`)")
            );
        app.MapPost(ServicesUrls.HandOverRoute, HandOverAsync).RequireForm().WithMetadata(PersonLimit.Changes);
    }

    private static async Task<IResult> FetchAsync(
        HttpContext context,
        Guid id,
        RequestPages pages,
        TransferSettings settings,
        LeadingBack leading,
        IStringLocalizer<ServicesText> text
    )
    {
        var stop = context.RequestAborted;
        var form = await context.Request.ReadFormAsync(stop);
        if (await pages.FindAsync(context, id, bind: true) is not { } model)
            return new SeeOther(ServicesUrls.Over);
        var chosen = model.Chosen(form["ds"], form["held"]);
        var statement = ServiceStatement.ForFetch(model, chosen, settings.Retention, text).Hash;
        var recipient = RecipientForm.Read(form);
        if (
            Decision(form) is not { } decision
            || form["statement"] != statement
            || !Guid.TryParse(form["id"], out var consentId)
            // A package that is not hers to use here any more is not replaced by another decision than hers.
            || chosen.Count(item => item.Transfer is not null) != form["held"].Count
            || (decision == ConsentDecision.Given && (recipient is null || TooLow(model, chosen, context)))
        )
            return new SeeOther(ServicesUrls.Request(id));
        var draft = Draft(context, consentId, decision, statement) with
        {
            Purpose = Purposes.ServiceFetch,
            RecipientKey = recipient?.Key.Thumbprint() ?? "",
            Items = [.. chosen.Select(item => ItemOf(item, item.Transfer?.SealDigest))],
            Retention = settings.Retention,
            MeantFor = RecipientOf(model),
        };
        try
        {
            var given = decision == ConsentDecision.Given;
            await pages.Requests.DecideAsync(
                model.View,
                new DecideDownload
                {
                    Consent = draft,
                    Level = context.User.GetLevel(),
                    Methods = context.User.GetMethods(),
                    AuthTime = context.User.GetAuthTime(),
                    RecipientKey = given ? recipient!.Key : null,
                    ClaimHash = recipient?.ClaimHash,
                },
                stop
            );
            return given
                ? new SeeOther(ServicesUrls.Request(id))
                : new LeadBack(leading.Address(model, ServiceCodes.Declined));
        }
        catch (ServiceException refused)
        {
            return new SeeOther(
                refused.Code == ServiceCodes.PackageGone
                    ? ServicesUrls.Problem(id, refused.Code)
                    : ServicesUrls.Request(id)
            );
        }
        catch (TransferException refused) when (refused.Code is TransferCodes.TooManyOpen or TransferCodes.TooOften)
        {
            return new SeeOther(ServicesUrls.Problem(id, refused.Code));
        }
    }

    private static async Task<IResult> HandOverAsync(
        HttpContext context,
        Guid id,
        RequestPages pages,
        ServiceHandOver handOver,
        TimeProvider time,
        IStringLocalizer<ServicesText> text
    )
    {
        var stop = context.RequestAborted;
        var form = await context.Request.ReadFormAsync(stop);
        // The national wire's has an address of its own.
        if (await pages.FindAsync(context, id) is not { IsNational: false } model)
            return new SeeOther(ServicesUrls.Over);
        var statement = ServiceStatement.ForHandOver(model, time.GetUtcNow(), text).Hash;
        var entries = CounterAnswers.Entries(form["entries"]) ?? new Dictionary<Guid, string>();
        if (
            Decision(form) is not { } decision
            || !Guid.TryParse(form["id"], out var consentId)
            || (form["statement"] != statement && !IsAgain(model, consentId))
            || (decision == ConsentDecision.Given && (!model.IsEnough || TooLow(model, model.Ready, context)))
        )
            return new SeeOther(ServicesUrls.Request(id));
        try
        {
            var address = await handOver.DecideAsync(
                new DecideHandOver
                {
                    View = model.View,
                    Consent = Draft(context, consentId, decision, statement) with
                    {
                        Purpose = Purposes.Service,
                        RecipientKey = Jwk.Parse(model.Service.RecipientKey).Thumbprint(),
                        Items = [.. model.Ready.Select(item => ItemOf(item, item.Transfer!.SealDigest))],
                        Retention = model.View.Content.Retention,
                        Recipient = RecipientOf(model),
                        Standing = StandingOf(model, form, decision, time.GetUtcNow()),
                    },
                    Packages = [.. model.Ready.Select(item => item.Transfer!)],
                    Entries = entries,
                    Level = context.User.GetLevel(),
                    Methods = context.User.GetMethods(),
                    AuthTime = context.User.GetAuthTime(),
                },
                stop
            );
            return new LeadBack(address);
        }
        catch (ServiceException refused)
        {
            return new SeeOther(ServicesUrls.Problem(id, refused.Code));
        }
    }

    // Once, unless it was asked for and she ticked it herself.
    private static StandingUse? StandingOf(
        RequestModel model,
        IFormCollection form,
        ConsentDecision decision,
        DateTimeOffset now
    ) =>
        decision == ConsentDecision.Given
        && model.View.Content.Standing is { } asked
        && form[RequestStanding.Field] == RequestStanding.Ticked
            ? new(asked.Every, now, now + asked.Window)
            : null;

    // A double click: the first one is stored, and the page is another one meanwhile.
    internal static bool IsAgain(RequestModel model, Guid consentId) => model.Request.ConsentId == consentId;

    internal static bool TooLow(RequestModel model, IReadOnlyList<AskedItem> chosen, HttpContext context) =>
        model.TooHigh(chosen, context.User.GetLevel(), context.User.GetMethods()).Count > 0;

    internal static ConsentDecision? Decision(IFormCollection form) =>
        form["decision"].ToString() switch
        {
            "agree" => ConsentDecision.Given,
            "refuse" => ConsentDecision.Refused,
            _ => null,
        };

    internal static ConsentRecipient RecipientOf(RequestModel model) =>
        new(
            ConsentRecipient.OnlineService,
            model.Service.Id,
            model.Service.TermsVersion,
            model.Service.RecipientThumbprint,
            model.View.Content.Purpose
        );

    internal static ConsentItem ItemOf(AskedItem item, string? seal = null) =>
        new()
        {
            DataSet = item.View.Id,
            SchemaVersion = item.View.Listing.SchemaVersion,
            Provider = item.View.Provider.Id,
            Fields = item.Asked.Fields,
            Parameters = item.Asked.Parameters,
            Wire = item.View.Listing.Wire,
            Seal = seal,
        };

    internal static ConsentDraft Draft(HttpContext context, Guid id, ConsentDecision decision, string statement) =>
        new()
        {
            Id = id,
            CitizenId = context.User.GetCitizenId(),
            SessionId = context.User.GetSessionId(),
            Decision = decision,
            Purpose = "",
            RecipientKey = "",
            Items = [],
            Language = Languages.IsEnglish ? "en" : "zh-TW",
            TextHash = statement,
            PolicyVersion = context.RequestServices.GetRequiredService<PrivacyStatement>().Version,
            Retention = TimeSpan.Zero,
        };
}
