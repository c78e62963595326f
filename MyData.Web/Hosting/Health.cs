using MyData.Core.Data;

namespace MyData.Web.Hosting;

/// <summary>For the proxy and the watchdog: 200 while the database answers, else 503. It says nothing else to anybody.</summary>
public static class Health
{
    public const string Path = "/health";

    public static void MapHealth(this IEndpointRouteBuilder app) => app.MapGet(Path, AnswerAsync).AllowAnonymous();

    private static async Task<IResult> AnswerAsync(HttpContext context)
    {
        context.Response.Headers.CacheControl = "no-store";
        var answers = await context.RequestServices.DatabaseAnswersAsync(context.RequestAborted);
        return Results.StatusCode(answers ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }
}
