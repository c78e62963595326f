namespace MyData.Web.Features.Open;

/// <summary>The modules that a page's own module imports, named in its head so that they come at once and not one after the other.</summary>
public static class ModuleLinks
{
    private static readonly string[] Shared =
    [
        "base64url",
        "bytes",
        "crc32",
        "csv",
        "dates",
        "der",
        "dom",
        "errors",
        "json",
        "jwk",
        "jws",
        "package",
        "pages/preview",
        "render",
        "rsa",
        "x509",
        "zip",
        "zipnames",
    ];

    public static IReadOnlyList<string> Opening { get; } =
        Paths([.. Shared, "fetching", "jwe", "keystore", "save", "seal", "sealed", "sealedhead"]);

    public static IReadOnlyList<string> Verifying { get; } = Paths([.. Shared, "receipt"]);

    private static string[] Paths(string[] names) => Array.ConvertAll(names, name => $"js/{name}.js");
}
