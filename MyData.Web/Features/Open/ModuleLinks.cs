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
        Paths([.. Shared, "fetching", "jwe", "jwecompact", "keystore", "save", "seal", "sealed", "sealedhead"]);

    /// <summary>The same where a service on the national wire is to be given what is opened.</summary>
    public static IReadOnlyList<string> OverTheNationalWire { get; } =
    [.. Opening, .. Paths(["wire/delivery", "wire/jwewriter", "wire/upload", "wire/zipwriter"])];

    public static IReadOnlyList<string> AtTheCounter { get; } =
        Paths([
            .. Shared,
            "counter/calls",
            "counter/camera",
            "counter/code",
            "counter/crockford",
            "counter/handshake",
            "counter/ticketkey",
            "counter/wedge",
            "fetching",
            "jwe",
            "pages/counterview",
            "save",
            "seal",
            "sealed",
            "sealedhead",
        ]);

    public static IReadOnlyList<string> Verifying { get; } =
        Paths([
            .. Shared,
            "ledger/checkpoint",
            "ledger/ed25519",
            "ledger/merkle",
            "ledger/note",
            "ledger/policy",
            "ledger/proof",
            "ledger/record",
            "ledger/saved",
            "ledger/text",
            "receipt",
        ]);

    public static IReadOnlyList<string> CheckingHistory { get; } =
        Paths([
            "base64url",
            "bytes",
            "dates",
            "dom",
            "errors",
            "fetching",
            "json",
            "ledger/checkpoint",
            "ledger/continuity",
            "ledger/ed25519",
            "ledger/log",
            "ledger/merkle",
            "ledger/note",
            "ledger/person",
            "ledger/personpin",
            "ledger/pin",
            "ledger/policy",
            "ledger/record",
            "ledger/shuffle",
            "ledger/tag",
            "ledger/text",
            "ledger/witnesses",
            "save",
        ]);

    private static string[] Paths(string[] names) => Array.ConvertAll(names, name => $"js/{name}.js");
}
