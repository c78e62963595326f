using Microsoft.AspNetCore.Http.HttpResults;
using MyData.Web.Layout;

namespace MyData.Web.Hosting;

/// <summary>
/// Answers a form with a page: the same one again with what is wrong and what she typed, so that nothing is lost and
/// nothing has to be kept between two requests.
/// </summary>
public static class PageAnswer
{
    /// <summary>Renders the page at <paramref name="path"/> (its own, where null), which finds <paramref name="state"/> by <see cref="PageState{T}"/>.</summary>
    public static IResult Page<T>(this HttpContext context, T state, int status, string? path = null)
        where T : class
    {
        context.Items[typeof(T)] = state;
        if (path is not null)
        {
            context.Request.Path = path;
            context.Request.QueryString = QueryString.Empty;
        }
        return new RazorComponentResult<App> { StatusCode = status, PreventStreamingRendering = true };
    }

    /// <summary>What the endpoint says to its page; null when the page is simply opened.</summary>
    public static T? PageState<T>(this HttpContext? context)
        where T : class => context?.Items[typeof(T)] as T;
}
