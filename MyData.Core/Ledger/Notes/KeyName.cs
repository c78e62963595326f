using System.Text;
using System.Text.Unicode;

namespace MyData.Core.Ledger;

/// <summary>The name of a key in a signed note (c2sp.org/signed-note, "Format"): not empty, without Unicode spaces and plus signs.</summary>
internal static class KeyName
{
    private const int MaxBytes = 255;

    public static bool IsValid(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty || utf8.Length > MaxBytes || !Utf8.IsValid(utf8))
            return false;
        foreach (var rune in Encoding.UTF8.GetString(utf8).EnumerateRunes())
        {
            if (rune.Value < ' ' || rune.Value == '+' || IsSpace(rune.Value))
                return false;
        }
        return true;
    }

    // The property White_Space of Unicode, which has not changed since version 6.3: written out, so that every reader decides alike.
    private static bool IsSpace(int rune) =>
        rune
            is ' '
                or 0x85
                or 0xA0
                or 0x1680
                or (>= 0x2000 and <= 0x200A)
                or 0x2028
                or 0x2029
                or 0x202F
                or 0x205F
                or 0x3000;
}
