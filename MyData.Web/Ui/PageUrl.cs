using Microsoft.AspNetCore.Diagnostics;

namespace MyData.Web.Ui;

/// <summary>The address that she sees, also on a page that was executed in place of another.</summary>
public static class PageUrl
{
    /// <summary>Path and query, percent-encoded.</summary>
    public static string Of(HttpContext context)
    {
        var request = context.Request;
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is { } refused)
            return new PathString(refused.OriginalPathBase).Add(refused.OriginalPath).ToUriComponent()
                + refused.OriginalQueryString;
        var path = context.Features.Get<IExceptionHandlerPathFeature>() is { } failed
            ? new PathString(failed.Path)
            : request.Path;
        return request.PathBase.Add(path).ToUriComponent() + request.QueryString;
    }
}
