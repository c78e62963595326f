using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using MyData.Core.Data;
using MyData.Core.Transfers;
using MyData.Web.Features.SignIn;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Download;

/// <summary>
/// What she filled in, on its way from one page to the next: sealed, in a cookie, for an hour. A URL names the draft and carries
/// nothing of it, every tab has its own, and the platform keeps none.
/// </summary>
public sealed class SealedDrafts(IDataProtectionProvider protection, TimeProvider time)
{
    /// <summary>How long a draft can be read.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    internal const string CookiePrefix = "__Host-draft-";
    private const int Most = 8;

    // Proxies hold the headers of an answer to 4 KB and those of a request to 8 KB, where nobody tells them otherwise.
    private const int Longest = 2800;
    private const int LongestTogether = 6000;

    /// <summary>
    /// Keeps what she filled in: the selection with its draft; without one where there is nothing to keep, and null where it is
    /// more than a browser would carry.
    /// </summary>
    public DownloadSelection? Keep(HttpContext context, DownloadSelection selection)
    {
        if (selection.Values.Count == 0)
            return selection.With(draft: null);
        var id = Ids.New();
        var content = new Content
        {
            Until = (time.GetUtcNow() + Life).ToUnixTimeMilliseconds(),
            Citizen = context.User.IsCitizen() ? context.User.GetCitizenId() : null,
            Values = selection.Values,
        };
        var value = Protector(Name(id)).Protect(JsonSerializer.Serialize(content));
        if (value.Length > Longest)
            return null;
        MakeRoom(context, value.Length);
        context.Response.Cookies.Append(Name(id), value, SessionCookie.Options(Life));
        return selection.With(id.ToString("N"));
    }

    /// <summary>The draft that a URL names; an empty one where it names none.</summary>
    public DraftLook Look(HttpContext context, string? draft)
    {
        if (string.IsNullOrEmpty(draft))
            return DraftLook.Nothing;
        if (!Guid.TryParseExact(draft, "N", out var id))
            return DraftLook.Lost(TransferCodes.DraftRefused);
        if (context.Request.Cookies[Name(id)] is not { } cookie)
            return DraftLook.Lost(TransferCodes.DraftOver);
        if (Open(Name(id), cookie) is not { } content)
            return DraftLook.Lost(TransferCodes.DraftRefused);
        if (content.Until <= time.GetUtcNow().ToUnixTimeMilliseconds())
            return DraftLook.Lost(TransferCodes.DraftOver);
        if (content.Citizen is not { } citizen)
            return new() { Values = content.Values };
        if (!context.User.IsCitizen())
            return DraftLook.Nothing with { AsksWho = true };
        return context.User.GetCitizenId() == citizen
            ? new() { Values = content.Values }
            : DraftLook.Lost(TransferCodes.DraftRefused);
    }

    /// <summary>She signs out: whoever comes next at this browser finds none of them.</summary>
    public static void Forget(HttpContext context)
    {
        foreach (var (name, _) in Held(context))
            Delete(context, name);
    }

    /// <summary>The oldest go first; their names are in the order in which they were made.</summary>
    private static void MakeRoom(HttpContext context, int length)
    {
        var count = 1;
        foreach (var (name, value) in Held(context).OrderByDescending(cookie => cookie.Key, StringComparer.Ordinal))
        {
            length += value.Length;
            if (++count > Most || length > LongestTogether)
                Delete(context, name);
        }
    }

    private static IEnumerable<KeyValuePair<string, string>> Held(HttpContext context) =>
        context.Request.Cookies.Where(cookie => cookie.Key.StartsWith(CookiePrefix, StringComparison.Ordinal));

    private static void Delete(HttpContext context, string name) =>
        context.Response.Cookies.Delete(name, SessionCookie.Options(null));

    private static string Name(Guid id) => CookiePrefix + id.ToString("N");

    private IDataProtector Protector(string name) => protection.CreateProtector("download-draft", name);

    private Content? Open(string name, string cookie)
    {
        try
        {
            return JsonSerializer.Deserialize<Content>(Protector(name).Unprotect(cookie));
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    private sealed record Content
    {
        public required long Until { get; init; }

        /// <summary>Whose it is, where she was signed in.</summary>
        public required Guid? Citizen { get; init; }
        public required IReadOnlyDictionary<string, string> Values { get; init; }
    }
}

/// <summary>What a draft holds, or why it holds nothing any more.</summary>
public sealed record DraftLook
{
    public static readonly DraftLook Nothing = new() { Values = new Dictionary<string, string>() };

    public required IReadOnlyDictionary<string, string> Values { get; init; }

    /// <summary>The stable code: it is over, or was refused.</summary>
    public string? Problem { get; init; }

    /// <summary>It is a citizen's, and nobody is signed in.</summary>
    public bool AsksWho { get; init; }

    public static DraftLook Lost(string code) => Nothing with { Problem = code };
}
