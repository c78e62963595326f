namespace MyData.E2E.Support;

/// <summary>Sees to it that Go is here, and the packages with which its own checksum database is read.</summary>
public static class GoInstall
{
    /// <summary>Where Debian keeps Go's packages: they are built from there, and nothing is fetched.</summary>
    public const string Packages = "/usr/share/gocode";

    private const string Note = "src/golang.org/x/mod/sumdb/note";
    private static readonly Lazy<bool> Here = new(() =>
    {
        if (!IsHere())
            DebianPackages.Install("No Go here, or not its sumdb packages", "golang-go", "golang-golang-x-mod-dev");
        return IsHere();
    });

    public static void Require() => Assert.True(Here.Value, "Go and golang.org/x/mod are not here.");

    private static bool IsHere() => File.Exists("/usr/bin/go") && Directory.Exists(Path.Combine(Packages, Note));
}
