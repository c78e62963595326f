using System.Globalization;

namespace MyData.Web.Hosting;

/// <summary>429 for a program: the time to wait (RFC 9110 §10.2.3) and the stable code as problem+json (RFC 9457).</summary>
public static class TooManyRequests
{
    public static Task AnswerAsync(HttpContext context, string code, TimeSpan wait)
    {
        SetRetryAfter(context, wait);
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        return context.Response.WriteAsJsonAsync(
            new
            {
                title = "Too many requests",
                status = StatusCodes.Status429TooManyRequests,
                code,
            },
            options: null,
            "application/problem+json"
        );
    }

    /// <summary>Whole seconds, never none.</summary>
    public static void SetRetryAfter(HttpContext context, TimeSpan wait) =>
        context.Response.Headers.RetryAfter = Math.Max(1, Math.Ceiling(wait.TotalSeconds))
            .ToString(CultureInfo.InvariantCulture);
}
