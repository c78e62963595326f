using MyData.Core.Data;
using MyData.Core.Recording;

namespace MyData.Web.Hosting;

/// <summary>
/// For the proxy and the watchdog: 200 while the database answers, else 503. Nodes that should follow and do not are named in a line each: the
/// portal works without them.
/// </summary>
public static class Health
{
    public const string Path = "/health";

    public static void MapHealth(this IEndpointRouteBuilder app) => app.MapGet(Path, AnswerAsync).AllowAnonymous();

    private static async Task<IResult> AnswerAsync(
        HttpContext context,
        NodeDatabases nodes,
        CancellationToken cancellationToken
    )
    {
        context.Response.Headers.CacheControl = "no-store";
        return await context.RequestServices.DatabaseAnswersAsync(cancellationToken)
            ? Results.Text(string.Concat(["ok", .. nodes.Away.Select(name => $"\naway: {name}")]))
            : Results.Text("database", statusCode: StatusCodes.Status503ServiceUnavailable);
    }
}
