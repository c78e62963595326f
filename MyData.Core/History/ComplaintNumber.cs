using System.Globalization;
using System.Security.Cryptography;

namespace MyData.Core.History;

/// <summary>
/// The number of a complaint: C, the day, and 40 random bits in Crockford's base32 (no I, L, O, U), so that it can be read
/// out on the telephone. It opens nothing: every page about a complaint also asks whose it is.
/// </summary>
public static class ComplaintNumber
{
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    public static string Create(DateOnly day)
    {
        var code = RandomNumberGenerator.GetItems<char>(Alphabet, 8);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"C-{day:yyyyMMdd}-{new string(code, 0, 4)}-{new string(code, 4, 4)}"
        );
    }
}
