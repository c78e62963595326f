namespace MyData.Web.Features.SignIn;

/// <summary>
/// What a person would recognise her browser by, from its User-Agent: two names out of a fixed list, never the text itself,
/// which anybody can write.
/// </summary>
public static class DeviceNames
{
    // In this order: each later name is also claimed by the earlier ones.
    private static readonly (string Sign, string Name)[] Browsers =
    [
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser/", "Samsung Internet"),
        ("Line/", "LINE"),
        ("FxiOS/", "Firefox"),
        ("Firefox/", "Firefox"),
        ("CriOS/", "Chrome"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    ];

    private static readonly (string Sign, string Name)[] Systems =
    [
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("CrOS", "ChromeOS"),
        ("Windows", "Windows"),
        ("Macintosh", "macOS"),
        ("Linux", "Linux"),
    ];

    /// <summary>"Chrome, Windows"; empty where neither is known.</summary>
    public static string Of(string userAgent) =>
        string.Join(", ", new[] { Find(Browsers, userAgent), Find(Systems, userAgent) }.OfType<string>());

    private static string? Find((string Sign, string Name)[] list, string userAgent) =>
        Array.Find(list, entry => userAgent.Contains(entry.Sign, StringComparison.Ordinal)).Name;
}
