using Microsoft.Extensions.Localization;
using MyData.Core.Citizens;
using MyData.Web.Hosting;

namespace MyData.Web.Features.SignIn;

/// <summary>
/// Proof by two documents. Known, unknown and mistyped numbers take the same steps and get the same page; an attempt is
/// counted before it is made.
/// </summary>
public sealed class DocumentSignIn(
    IDocumentAuthority authority,
    CitizenAccounts accounts,
    IdentityChecks checks,
    SignInChecks running,
    SignInLimits limits,
    Visitor visitor,
    SignInAnswer answer,
    MyDataSettings settings
)
{
    public const string NoMatch = "documents.no_match";
    public const string Unavailable = "documents.unavailable";
    public const string TooMany = "signin.too_many";

    public async Task<IResult> PostAsync(HttpContext context, DocumentsForm form, IStringLocalizer<SignInText> text)
    {
        if (form.Read(text, out var errors) is not { } numbers)
            return context.Page(form with { Errors = errors }, StatusCodes.Status422UnprocessableEntity);
        var counted = await LimitsAsync(context, numbers.Id);
        if (await limits.TakeAsync(counted, context.RequestAborted) is { } wait)
            return TooManyTries.Answer(context, form with { Code = TooMany, Wait = wait }, wait);
        var result = await authority.MatchAsync(numbers, context.RequestAborted);
        if (result == DocumentAnswer.NoMatch)
        {
            var origin = visitor.Origin(context);
            await checks.RefusedAsync(IdentityMethod.Documents, numbers.Id, NoMatch, origin, context.RequestAborted);
            return context.Page(form with { Code = NoMatch }, StatusCodes.Status422UnprocessableEntity);
        }
        await limits.GiveBackAsync(counted, proved: result == DocumentAnswer.Match, context.RequestAborted);
        if (result == DocumentAnswer.Unavailable)
            return context.Page(form with { Code = Unavailable }, StatusCodes.Status503ServiceUnavailable);
        return SignInAnswer.See(await ProveAsync(context, numbers.Id, form));
    }

    private async Task<string> ProveAsync(HttpContext context, NationalId id, DocumentsForm form)
    {
        var cookie = await running.BeginAsync(context, form.Back, SignInChecks.Level(form.Level));
        var proof = new IdentityProof
        {
            Method = IdentityMethod.Documents,
            Level = AssuranceLevel.LoA2,
            Id = id,
        };
        var result = await checks.ProveAsync(cookie, proof, visitor.Origin(context), context.RequestAborted);
        return answer.Apply(context, result, proof.Method.Code);
    }

    /// <summary>A /48 holds 65,536 networks: it has so many times what one of them has.</summary>
    public const int OfSite = 4;

    /// <summary>What all that comes from this network is held to, and from its /48.</summary>
    /// <param name="of">what is counted</param>
    public static IReadOnlyList<AttemptLimit> OfNetwork(
        HttpContext context,
        string of,
        SignInSettings.RateSettings rate
    )
    {
        var forget = TimeSpan.FromMinutes(1);
        var network = new AttemptLimit($"{of}network {Visitor.Network(context)}", rate.NetworkFailures, forget);
        return Visitor.Site(context.Connection.RemoteIpAddress) is { } site
            ? [network, new($"{of}site {site}", rate.NetworkFailures * OfSite, forget / OfSite)]
            : [network];
    }

    // A device on which this very person has signed in before is not held to what others do in its network.
    private async Task<IReadOnlyList<AttemptLimit>> LimitsAsync(HttpContext context, NationalId id)
    {
        var rate = settings.SignIn.Rate;
        var network = Visitor.Network(context);
        var device = visitor.Device(context);
        var hers = device is not null && await accounts.IsOfAsync(device.CitizenId, id, context.RequestAborted);
        var person = new AttemptLimit(
            $"person {id.Value} {network} {device?.Id}",
            rate.PersonFailures,
            TimeSpan.FromHours(1)
        );
        return hers
            ? [person, new($"device {device!.Id}", rate.DeviceFailures, TimeSpan.FromMinutes(10))]
            : [person, .. OfNetwork(context, "", rate)];
    }
}
