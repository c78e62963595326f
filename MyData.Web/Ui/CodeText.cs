using System.Collections;
using System.Globalization;
using System.Resources;

namespace MyData.Web.Ui;

/// <summary>What a stable code means, in plain words: what happened and what to do. The key in the resource file is the code.</summary>
public sealed class CodeText
{
    private static readonly ResourceManager Texts = new(typeof(CodeText));

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

    private static string FamilyOf(string code) =>
        code.Split('.')[0] switch
        {
            "package" or "seal" or "jose" or "zip" or "jwk" or "jwks" => "Package",
            "certificate" => "Certificate",
            _ => "Other",
        };

    private static string? Find(string key) => Texts.GetString(key, CultureInfo.CurrentUICulture);
}
