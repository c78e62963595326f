using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using MyData.Core.Citizens;
using MyData.Core.Counter;
using MyData.Core.Encryption;
using MyData.Web.Features.Staff;

namespace MyData.Web.Features.Counter;

/// <summary>Who stands at the counter: her session, her office, and the device, which a cookie of its own knows again.</summary>
public sealed class ClerkOf
{
    private const string Cookie = "__Host-counter";
    private static readonly TimeSpan Life = TimeSpan.FromDays(365);

    public Clerk Read(HttpContext context) =>
        new(
            context.User.GetStaffId(),
            context.User.GetStaffSessionId(),
            context.User.FindFirstValue(StaffClaims.Office) ?? "",
            // Without a cookie it is no device that was seen before: counted with her alone.
            Base64UrlText.Encode(
                SHA256.HashData(Encoding.UTF8.GetBytes(Device(context) ?? $"{context.User.GetStaffId()}"))
            )
        );

    /// <summary>Gives a browser that opens the screen the cookie by which it is known again.</summary>
    public void Remember(HttpContext context)
    {
        if (Device(context) is not null)
            return;
        context.Response.Cookies.Append(
            Cookie,
            SecretToken.New().Value,
            new CookieOptions
            {
                Path = "/",
                HttpOnly = true,
                Secure = true,
                SameSite = SameSiteMode.Strict,
                IsEssential = true,
                MaxAge = Life,
            }
        );
    }

    private static string? Device(HttpContext context) =>
        context.Request.Cookies[Cookie] is { Length: > 0 and < 100 } value ? value : null;
}
