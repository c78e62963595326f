using System.Globalization;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Localization;
using MyData.Core.Citizens;
using MyData.Web.Features.Download;
using MyData.Web.Features.Services;
using MyData.Web.Hosting;

namespace MyData.Web.Features.SignIn;

public static class SignInEndpoints
{
    public static void MapSignIn(this IEndpointRouteBuilder app)
    {
        // Before the pages of the same address, which would otherwise answer the form too.
        var group = app.MapGroup("").AllowAnonymous().RequireRateLimiting(SignInSetup.RatePolicy).WithOrder(-1);
        var rate = app.ServiceProvider.GetRequiredService<MyDataSettings>().SignIn.Rate;
        group
            .MapPost(
                SignInUrls.Documents,
                (
                    HttpContext context,
                    DocumentSignIn documents,
                    IStringLocalizer<SignInText> text,
                    [FromForm] string? id,
                    [FromForm(Name = "health_card")] string? healthCard,
                    [FromForm] string? household,
                    [FromForm] string? back,
                    [FromForm] string? level
                ) =>
                {
                    var form = new DocumentsForm
                    {
                        Id = id,
                        HealthCard = healthCard,
                        Household = household,
                        Back = back,
                        Level = level,
                    };
                    return documents.PostAsync(context, form, text);
                }
            )
            .WithMetadata(
                new EndpointLimit(
                    $"failures: {rate.PersonFailures} of a person from one device and network, {rate.DeviceFailures} of a device, {rate.NetworkFailures} of a network, {rate.NetworkFailures * DocumentSignIn.OfSite} of a /48; then a wait that grows (`{DocumentSignIn.TooMany}`)"
                )
            );
        group.MapGet(
            SignInUrls.UpstreamStart,
            (HttpContext context, string? back, string? level, UpstreamSignIn upstream, ILogger<UpstreamSignIn> log) =>
                upstream.StartAsync(context, back, level, log)
        );
        // The OpenID handler answers it before any endpoint is run; it stands here for the limit.
        group.Map(SignInUrls.UpstreamCallback, () => Results.NotFound());
        group.MapPost(
            SignInUrls.PasskeyOptions,
            (HttpContext context, [FromForm] string? back, [FromForm] string? level, PasskeySignIn passkey) =>
                passkey.OptionsAsync(context, back, level)
        );
        group.MapPost(
            SignInUrls.Passkey,
            (HttpContext context, [FromForm] string? credential, PasskeySignIn passkey) =>
                passkey.PostAsync(context, credential)
        );
        group.MapPost(SignInUrls.Welcome, ConfirmAsync).RequireForm();
        group.MapPost(SignInUrls.Restart, RestartAsync).RequireForm();
        group.MapPost(SignInUrls.SignOut, SignOutAsync).WithMetadata(new RequireAntiforgeryTokenAttribute());
    }

    private static async Task<IResult> ConfirmAsync(
        HttpContext context,
        IdentityChecks checks,
        Visitor visitor,
        SignInAnswer answer
    )
    {
        var cookie = SessionCookie.ReadCheck(context);
        var last = await checks.FindAsync(cookie, context.RequestAborted);
        var result = await checks.ConfirmAsync(
            cookie,
            CultureInfo.CurrentUICulture.Name,
            visitor.Origin(context),
            context.RequestAborted
        );
        return SignInAnswer.See(answer.Apply(context, result, last?.First?.Code ?? ""));
    }

    private static async Task<IResult> RestartAsync(HttpContext context, IdentityChecks checks)
    {
        var cookie = SessionCookie.ReadCheck(context);
        var last = await checks.FindAsync(cookie, context.RequestAborted);
        await checks.AbandonAsync(cookie, context.RequestAborted);
        SessionCookie.DeleteCheck(context);
        return SignInAnswer.See(SignInUrls.SignIn(last?.Back));
    }

    private static async Task<IResult> SignOutAsync(HttpContext context, Sessions sessions, IdentityChecks checks)
    {
        // A form of a session that has ended meanwhile no longer passes, and there is nothing left that it could end.
        var valid = context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: true };
        if (!valid && context.User.IsCitizen())
            return Results.BadRequest();
        var shared = valid && (await context.Request.ReadFormAsync(context.RequestAborted)).ContainsKey("shared");
        await EndAsync(context, sessions, checks, shared);
        return SignInAnswer.See(shared ? SignInUrls.Cleared : SignInUrls.SignedOut);
    }

    /// <summary>Ends her session, and what this browser keeps of it.</summary>
    /// <param name="shared">nothing at all is to be left</param>
    internal static async Task EndAsync(HttpContext context, Sessions sessions, IdentityChecks checks, bool shared)
    {
        if (context.User.IsCitizen())
            await sessions.EndAsync(
                context.User.GetCitizenId(),
                context.User.GetSessionId(),
                SessionEnds.SignedOut,
                context.RequestAborted
            );
        await checks.AbandonAsync(SessionCookie.ReadCheck(context), context.RequestAborted);
        SessionCookie.Delete(context);
        SessionCookie.DeleteCheck(context);
        SealedDrafts.Forget(context);
        RequestBrowsers.Forget(context);
        // Storage holds the keys of packages still on their way: on her own device they must outlive the session.
        context.Response.Headers["Clear-Site-Data"] = shared ? "\"cache\", \"cookies\", \"storage\"" : "\"cache\"";
    }
}
