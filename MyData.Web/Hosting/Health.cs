using MyData.Core.Data;

namespace MyData.Web.Hosting;

/// <summary>For the proxy and the watchdog: 200 while the database answers, else 503.</summary>
public static class Health
{
    public const string Path = "/health";

    public static void MapHealth(this IEndpointRouteBuilder app) => app.MapGet(Path, AnswerAsync).AllowAnonymous();

    private static async Task<IResult> AnswerAsync(HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        return await context.RequestServices.DatabaseAnswersAsync(cancellationToken)
            ? Results.Text("ok")
            : Results.Text("database", statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
