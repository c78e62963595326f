using System.Security.Cryptography;
using System.Text;
using MyData.Core.Data;
using MyData.Core.Services;
using MyData.Web.Features.SignIn;

namespace MyData.Web.Features.Services;

/// <summary>
/// Until she is known, a request is that browser's which came with it: a cookie of its own says so, for an hour. Whoever is sent the request's
/// address has nothing, and nothing has to be stored: the value is made of the request's id and a key of the platform.
/// </summary>
public sealed class RequestBrowsers(PersonalDataVault vault, ServiceSettings settings)
{
    private const string CookiePrefix = "__Host-request-";
    private const int Most = 8;

    /// <summary>This browser came with it.</summary>
    public void Remember(HttpContext context, Guid id)
    {
        // The oldest go first; their names are in the order in which they were made.
        var held = context.Request.Cookies.Keys.Where(IsOne).OrderDescending(StringComparer.Ordinal).Skip(Most - 1);
        foreach (var name in held.ToList())
            Delete(context, name);
        context.Response.Cookies.Append(Name(id), Value(id), SessionCookie.Options(settings.OpenedLife));
    }

    public bool Holds(HttpContext context, Guid id) =>
        context.Request.Cookies[Name(id)] is { } value
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(value), Encoding.UTF8.GetBytes(Value(id)));

    /// <summary>It is somebody's now, or over.</summary>
    public static void Forget(HttpContext context, Guid id) => Delete(context, Name(id));

    /// <summary>She signs out: whoever comes next at this browser finds none of them.</summary>
    public static void Forget(HttpContext context)
    {
        foreach (var name in context.Request.Cookies.Keys.Where(IsOne))
            Delete(context, name);
    }

    private static void Delete(HttpContext context, string name) =>
        context.Response.Cookies.Delete(name, SessionCookie.Options(null));

    private static bool IsOne(string name) => name.StartsWith(CookiePrefix, StringComparison.Ordinal);

    private static string Name(Guid id) => CookiePrefix + id.ToString("N");

    private string Value(Guid id) => vault.Pseudonym(id.ToString("N"), "service-browser");
}
