namespace MyData.Web.Hosting;

/// <summary>The headers of every answer. Pages are never stored; a file with a fingerprint in its name may be.</summary>
public sealed class SecurityHeaders(RequestDelegate next)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; "
        + "img-src 'self' data:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
        + "base-uri 'self'; frame-ancestors 'none'";

    /// <summary>Lets the scripts of this one page connect to other origins too.</summary>
    public static void ConnectAlso(HttpContext context, IEnumerable<string> origins)
    {
        var all = string.Concat(origins.Select(origin => $" {origin}"));
        context.Response.Headers.ContentSecurityPolicy = Policy.Replace(
            "connect-src 'self'",
            $"connect-src 'self'{all}",
            StringComparison.Ordinal
        );
    }

    /// <summary>Lets the forms of this one page lead on to another origin too: a browser holds redirects to this (CSP 3 §4.2).</summary>
    public static void SubmitAlso(HttpContext context, Uri target) =>
        context.Response.Headers.ContentSecurityPolicy = Policy.Replace(
            "form-action 'self'",
            $"form-action 'self' {target.GetLeftPart(UriPartial.Authority)}",
            StringComparison.Ordinal
        );

    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(Apply, context);
        return next(context);
    }

    private static Task Apply(object state)
    {
        var headers = ((HttpContext)state).Response.Headers;
        headers.ContentSecurityPolicy =
            headers.ContentSecurityPolicy.Count > 0 ? headers.ContentSecurityPolicy : Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Permissions-Policy"] =
            $"camera=({(UsesCamera((HttpContext)state) ? "self" : "")}), geolocation=(), microphone=(), payment=(), usb=()";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        if (headers.CacheControl.Count == 0)
            headers.CacheControl = "no-store";
        return Task.CompletedTask;
    }

    private static bool UsesCamera(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<CameraPageAttribute>() is not null;
}

/// <summary>A page that may ask for the camera: the clerk's, for codes.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class CameraPageAttribute : Attribute;
