using System.Globalization;
using System.Text;

namespace MyData.Core.Ledger;

/// <summary>
/// Where a tile or a bundle of entries stands, below a log's URL or folder (c2sp.org/tlog-tiles, "Merkle Tree", "Log entries"): such as
/// <c>tile/0/x001/x234/067</c>, <c>tile/1/005.p/17</c>, <c>tile/entries/000</c>.
/// </summary>
/// <param name="Level">0 to 63, or <see cref="Entries"/></param>
/// <param name="Width">1 to 256 hashes or entries; 256 is a full one</param>
public readonly record struct TilePath(int Level, long Index, int Width = Tile.FullWidth)
{
    /// <summary>The level of the bundles of entries.</summary>
    public const int Entries = -1;

    private const int MaxLevel = 63;

    public bool IsFull => Width == Tile.FullWidth;

    public override string ToString()
    {
        var text = new StringBuilder("tile/");
        text.Append(Level == Entries ? "entries" : Level.ToString(CultureInfo.InvariantCulture));
        var digits = Index.ToString(CultureInfo.InvariantCulture);
        digits = digits.PadLeft((digits.Length + 2) / 3 * 3, '0');
        for (var at = 0; at < digits.Length; at += 3)
            text.Append('/').Append(at < digits.Length - 3 ? "x" : "").Append(digits, at, 3);
        return IsFull ? text.ToString() : text.Append(CultureInfo.InvariantCulture, $".p/{Width}").ToString();
    }

    /// <summary>False for anything but the one spelling: what a stranger asks for never becomes another file's name.</summary>
    public static bool TryParse(string text, out TilePath path)
    {
        path = default;
        var parts = text.Split('/');
        if (parts.Length is < 3 or > 12 || parts[0] != "tile" || !TryLevel(parts[1], out var level))
            return false;
        var width = Tile.FullWidth;
        var last = parts.Length - 1;
        if (parts[last - 1].EndsWith(".p", StringComparison.Ordinal) && last > 2)
        {
            if (!TryNumber(parts[last], out var partial) || partial is < 1 or >= Tile.FullWidth)
                return false;
            (width, last) = ((int)partial, last - 1);
            parts[last] = parts[last][..^2];
        }
        var digits = new StringBuilder();
        for (var at = 2; at <= last; at++)
            digits.Append(at < last && parts[at].StartsWith('x') ? parts[at][1..] : parts[at]);
        if (!long.TryParse(digits.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            return false;
        path = new TilePath(level, index, width);
        return path.ToString() == text;
    }

    private static bool TryLevel(string text, out int level)
    {
        var known = TryNumber(text, out var number) && number <= MaxLevel;
        level = text == "entries" ? Entries : (int)number;
        return known || text == "entries";
    }

    private static bool TryNumber(string text, out long number) =>
        LogText.TryDecimal(Encoding.UTF8.GetBytes(text), out number);
}
