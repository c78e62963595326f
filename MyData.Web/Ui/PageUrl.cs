using Microsoft.AspNetCore.Diagnostics;

namespace MyData.Web.Ui;

/// <summary>The address that she sees, also on a page that was executed in place of another.</summary>
public static class PageUrl
{
    /// <summary>Path and query, percent-encoded.</summary>
    public static string Of(HttpContext context) =>
        context.Features.Get<IStatusCodeReExecuteFeature>() is { } original
            ? new PathString(original.OriginalPathBase).Add(original.OriginalPath).ToUriComponent()
                + original.OriginalQueryString
            : context.Request.PathBase.Add(context.Request.Path).ToUriComponent() + context.Request.QueryString;
}
