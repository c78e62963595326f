using System.Collections;
using System.Globalization;
using System.Resources;

namespace MyData.Web.Ui;

/// <summary>What a stable code means, in plain words: what happened and what to do. The key in the resource file is the code.</summary>
public sealed class CodeText
{
    private static readonly ResourceManager Texts = new(typeof(CodeText));

    // What goes wrong in these layers is one thing to her: the package, the certificate behind it, or the proof of a record.
    private static readonly (string Name, string[] Members)[] Groups =
    [
        ("Package", ["package", "seal", "jose", "jwk", "jwks", "zip", "base64url"]),
        ("Certificate", ["certificate"]),
        (
            "Proof",
            ["proof", "merkle", "note", "checkpoint", "cosignature", "policy", "witness", "record", "tag", "ed25519"]
        ),
    ];

    /// <summary>The words for a code; for the many ways in which a package can be wrong, one sentence for all.</summary>
    public static string Words(string code) => Find(code) ?? Find(FamilyOf(code)) ?? Find("Other")!;

    /// <summary>Every code with words of its own, in the page's language, by name.</summary>
    public static IEnumerable<(string Code, string Words)> All() =>
        Texts
            .GetResourceSet(CultureInfo.InvariantCulture, createIfNotExists: true, tryParents: true)!
            .Cast<DictionaryEntry>()
            .Select(entry => (string)entry.Key)
            .Where(key => key.Contains('.', StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(code => (code, Find(code)!));

    /// <summary>The families whose codes share their words: the first parts of those codes, and the words.</summary>
    public static IEnumerable<(IReadOnlyList<string> Members, string Words)> Families() =>
        Groups.Select(group => ((IReadOnlyList<string>)group.Members, Find(group.Name)!));

    private static string FamilyOf(string code) =>
        Groups.FirstOrDefault(group => group.Members.Contains(code.Split('.')[0])).Name ?? "Other";

    private static string? Find(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture);
}
