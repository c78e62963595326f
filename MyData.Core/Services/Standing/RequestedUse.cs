using System.Text.Json;
using System.Xml;
using MyData.Core.Catalog;
using MyData.Core.Encryption;
using MyData.Core.OpenId;

namespace MyData.Core.Services;

/// <summary>
/// What a service asks for beside the one hand-over: <c>use</c> of <c>authorization_details</c> as an object of <c>frequency</c> and <c>window</c>,
/// both ISO 8601 durations, in place of <c>once</c> (protocols.md A1, A5).
/// </summary>
/// <param name="Every">at most one fetch in that time</param>
/// <param name="Window">from her consent to its end</param>
public sealed record RequestedUse(TimeSpan Every, TimeSpan Window)
{
    /// <summary>Where the service names no window.</summary>
    public static readonly TimeSpan UsualWindow = TimeSpan.FromDays(90);

    private const string Once = "once";
    private static readonly string[] Members = ["frequency", "window"];

    /// <param name="use">as it stands in the detail</param>
    /// <param name="registered">the most that the service may ask for; null: once</param>
    /// <returns>null: once</returns>
    /// <exception cref="OpenIdException">invalid_authorization_details: service.details, service.not_registered.</exception>
    internal static RequestedUse? Read(JsonElement use, OnlineStanding? registered)
    {
        if (StrictJson.TextOf(use) == Once)
            return null;
        Require(
            use.ValueKind == JsonValueKind.Object
                && use.EnumerateObject().All(member => Members.Contains(member.Name))
                && use.TryGetProperty(Members[0], out _),
            "use is once, or frequency and window."
        );
        var every = Duration(use.GetProperty(Members[0]));
        var window = use.TryGetProperty(Members[1], out var given)
            ? Duration(given)
            : Shorter(UsualWindow, registered?.Longest ?? UsualWindow);
        Require(every >= OnlineStanding.ShortestEvery, "A fetch a day is the most.");
        Require(window <= OnlineStanding.LongestEver, "A year is the most.");
        Require(every <= window, "The window is shorter than the time between two fetches.");
        if (registered is null || every < registered.Every || window > registered.Longest)
            throw OpenIdException.InvalidDetails("Not registered: use.", ServiceCodes.NotRegistered);
        return new(every, window);
    }

    /// <summary>As the token's answer says it (RFC 9396 §7).</summary>
    /// <param name="standing">null: once</param>
    internal static object Granted(StandingConsent? standing) =>
        standing is null
            ? Once
            : new
            {
                frequency = XmlConvert.ToString(standing.Every),
                from = Instant(standing.From),
                until = Instant(standing.Until),
            };

    private static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", null);

    private static TimeSpan Shorter(TimeSpan one, TimeSpan other) => one < other ? one : other;

    private static TimeSpan Duration(JsonElement value)
    {
        try
        {
            return XmlConvert.ToTimeSpan(StrictJson.TextOf(value) ?? "");
        }
        catch (Exception bad) when (bad is FormatException or OverflowException)
        {
            throw Refused("use is not of ISO 8601 durations.");
        }
    }

    private static void Require(bool holds, string why)
    {
        if (!holds)
            throw Refused(why);
    }

    private static OpenIdException Refused(string why) => OpenIdException.InvalidDetails(why, ServiceCodes.Details);
}
