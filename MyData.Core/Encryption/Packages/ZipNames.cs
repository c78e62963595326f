using System.Text;

namespace MyData.Core.Encryption;

/// <summary>
/// Names of entries, held to an allow-list: a file at the root or directly in META-INFO (A3), safe as a file name on every system, because
/// she saves the ZIP and unpacks it with whatever she has.
/// </summary>
internal static class ZipNames
{
    private static readonly string[] Devices = ["CON", "PRN", "AUX", "NUL", "COM", "LPT", "CONIN$", "CONOUT$"];

    /// <summary>With slashes for back slashes, as the older packages have them. UTF-8, whether the entry says so or not.</summary>
    /// <exception cref="EncryptionException"><c>package.zip_name</c>, <c>package.zip_traversal</c></exception>
    public static string Read(ReadOnlySpan<byte> raw)
    {
        if (raw.Length is 0 or > 255 || !System.Text.Unicode.Utf8.IsValid(raw))
            throw Refused("A name is empty, too long or not UTF-8.");
        var name = Encoding.UTF8.GetString(raw).Replace('\\', '/');
        var segments = (name[^1] == '/' ? name[..^1] : name).Split('/');
        if (name.Contains(':', StringComparison.Ordinal) || Array.Exists(segments, s => s is "" or "." or ".."))
            throw new EncryptionException(
                "package.zip_traversal",
                $"{EncryptionException.Quote(name)} leads elsewhere."
            );
        if (segments.Length > 2 || (segments.Length == 2 && segments[0] + "/" is not PackageNames.Folder))
            throw Refused($"{EncryptionException.Quote(name)} stands in a folder of its own.");
        if (Array.Exists(segments, s => !IsSafe(s)))
            throw Refused($"{EncryptionException.Quote(name)} is no name for a file.");
        return name;
    }

    /// <summary>Names that some file system takes for the same have the same key.</summary>
    public static string Key(string name) => name.TrimEnd('/').Normalize(NormalizationForm.FormC).ToUpperInvariant();

    private static bool IsSafe(string segment)
    {
        if (
            segment
                .EnumerateRunes()
                .Any(r => Rune.IsControl(r) || IsInvisible(r) || "<>\"|?*".Contains((char)Math.Min(r.Value, 0xFFFF)))
        )
            return false;
        if (segment[0] is ' ' or '.' || segment[^1] is ' ' or '.')
            return false;
        var stem = segment.Split('.')[0].TrimEnd("0123456789¹²³ ".ToCharArray());
        return !Devices.Contains(stem, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Marks that turn the direction of text can make an <c>exe</c> look like a <c>pdf</c>.</summary>
    private static bool IsInvisible(Rune rune) =>
        Rune.GetUnicodeCategory(rune)
            is System.Globalization.UnicodeCategory.Format
                or System.Globalization.UnicodeCategory.PrivateUse
                or System.Globalization.UnicodeCategory.OtherNotAssigned;

    private static EncryptionException Refused(string message) => new("package.zip_name", message);
}
