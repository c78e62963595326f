namespace MyData.E2E.Support;

/// <summary>Finds the browser of the tests, and where it is missing and we are root on Debian, installs it and says so.</summary>
public static class BrowserInstall
{
    private static readonly string[] Places =
    [
        "/usr/bin/chromium",
        "/usr/bin/chromium-browser",
        "/usr/bin/google-chrome",
    ];

    // Without the font every Chinese letter in a picture is a box.
    private static readonly string[] Packages = ["chromium", "fonts-noto-cjk"];

    /// <returns>the path of a Chromium</returns>
    /// <exception cref="InvalidOperationException">There is none, and it cannot be installed from here.</exception>
    public static string Find()
    {
        if (Environment.GetEnvironmentVariable("MYDATA_CHROMIUM") is { Length: > 0 } given)
            return given;
        return Array.Find(Places, File.Exists) ?? Install();
    }

    private static string Install()
    {
        DebianPackages.Install("No Chromium here", Packages);
        var found =
            Array.Find(Places, File.Exists)
            ?? throw new InvalidOperationException("apt-get installed chromium, but it is not where it should be.");
        Console.WriteLine($"Installed {found}.");
        return found;
    }
}
