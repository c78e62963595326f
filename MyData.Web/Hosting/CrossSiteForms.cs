namespace MyData.Web.Hosting;

/// <summary>
/// Refuses what another site sends in her name, before anything acts on it: a browser says where a request comes from
/// (Fetch Metadata, W3C), and no form of ours is sent from elsewhere. A caller that is no browser does not say it.
/// </summary>
public sealed class CrossSiteForms(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        // The handshake of a WebSocket is a GET, and no page of another origin has business with our circuits.
        var changes =
            (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsHead(request.Method))
            || request.Headers["Sec-Fetch-Mode"] == "websocket";
        if (changes && request.Headers["Sec-Fetch-Site"] is [not ("same-origin" or "none")])
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        }
        return next(context);
    }
}
