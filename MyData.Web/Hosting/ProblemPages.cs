using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.WebUtilities;
using MyData.Core.Data;
using MyData.Web.Features.Help;

namespace MyData.Web.Hosting;

/// <summary>
/// An answer that failed or has no body becomes a page in her language where a person reads it, and problem+json
/// (RFC 9457) with the same code where a program does.
/// </summary>
public static class ProblemPages
{
    /// <summary>When to ask again while nothing can be written.</summary>
    internal static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(10);

    public static void UseProblemPages(this WebApplication app)
    {
        app.UseWhen(
            IsReadByAPerson,
            people =>
            {
                people.UseExceptionHandler(
                    new ExceptionHandlerOptions
                    {
                        ExceptionHandlingPath = string.Format(CultureInfo.InvariantCulture, HelpUrls.Problem, 500),
                        CreateScopeForErrors = true,
                        StatusCodeSelector = StatusOf,
                    }
                );
                people.UseStatusCodePagesWithReExecute(HelpUrls.Problem, createScopeForStatusCodePages: true);
            }
        );
        app.UseWhen(
            context => !IsReadByAPerson(context),
            programs => programs.UseExceptionHandler(failed => failed.Run(TellAProgramAsync))
        );
        app.Use(AskForThePageAsync);
        // Explicit, so that a page in place of another is looked up again.
        app.UseRouting();
    }

    /// <summary>
    /// What is not here is not here for anybody: a stranger is not sent to sign in first. Stands behind authentication,
    /// which answers for addresses of its own, and before authorization, which refuses what has no policy.
    /// </summary>
    public static void UseMissingPages(this WebApplication app) =>
        app.Use(
            (context, next) =>
                context.GetEndpoint() switch
                {
                    RouteEndpoint => next(context),
                    // Routing's own refusals: another method, another content type.
                    { RequestDelegate: { } refuse } => refuse(context),
                    _ => Missing(context),
                }
        );

    private static Task Missing(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    internal static bool IsReadByAPerson(HttpContext context) =>
        context.Request.GetTypedHeaders().Accept.Any(type => type.MediaType == "text/html");

    /// <summary>Whether the page that says so is being made: it is anybody's, and must not fail by the same failure.</summary>
    internal static bool IsWhatIsShown(HttpContext context, Exception failure) =>
        Writing.IsUnavailable(failure) && context.Features.Get<IExceptionHandlerFeature>() is not null;

    // The failed request may have been a post; the page in its place is only read.
    private static Task AskForThePageAsync(HttpContext context, RequestDelegate next)
    {
        if (
            context.Features.Get<IStatusCodeReExecuteFeature>() is not null
            || context.Features.Get<IExceptionHandlerFeature>() is not null
        )
            context.Request.Method = HttpMethods.Get;
        return next(context);
    }

    // Nothing can be written or proven just now, so nothing was done: whoever asks again in a moment may be served.
    private static int StatusOf(Exception failure) =>
        Writing.IsUnavailable(failure)
            ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status500InternalServerError;

    private static Task TellAProgramAsync(HttpContext context)
    {
        var failure = context.Features.Get<IExceptionHandlerFeature>()?.Error;
        var status = failure is null ? StatusCodes.Status500InternalServerError : StatusOf(failure);
        context.Response.StatusCode = status;
        if (status == StatusCodes.Status503ServiceUnavailable)
            TooManyRequests.SetRetryAfter(context, AskAgain);
        return context.Response.WriteAsJsonAsync(
            new
            {
                title = ReasonPhrases.GetReasonPhrase(status),
                status,
                code = Writing.IsUnavailable(failure) ? Writing.Unavailable : "platform.error",
                trace = context.TraceIdentifier,
            },
            options: null,
            "application/problem+json"
        );
    }
}
