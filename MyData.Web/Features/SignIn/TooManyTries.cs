using MyData.Web.Hosting;

namespace MyData.Web.Features.SignIn;

/// <summary>429 with the time to wait: a page that says so in her language.</summary>
public sealed record TooManyTries(TimeSpan Wait)
{
    /// <summary>The form again, where there is one.</summary>
    public static IResult Answer<T>(HttpContext context, T form, TimeSpan wait)
        where T : class
    {
        TooManyRequests.SetRetryAfter(context, wait);
        return context.Page(form, StatusCodes.Status429TooManyRequests);
    }

    public static IResult Answer(HttpContext context, TimeSpan wait)
    {
        TooManyRequests.SetRetryAfter(context, wait);
        return context.Page(new TooManyTries(wait), StatusCodes.Status429TooManyRequests, SignInUrls.Wait);
    }

    /// <summary>Whole minutes, never none.</summary>
    public static int Minutes(TimeSpan wait) => Math.Max(1, (int)Math.Ceiling(wait.TotalMinutes));
}
