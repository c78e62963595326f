using MyData.Core.Citizens;

namespace MyData.Tests.Citizens;

public sealed class NationalIdTests
{
    // Written out letter by letter from protocols.md Part C, apart from the table in the code.
    private static readonly Dictionary<char, int> Codes = new()
    {
        ['A'] = 10,
        ['B'] = 11,
        ['C'] = 12,
        ['D'] = 13,
        ['E'] = 14,
        ['F'] = 15,
        ['G'] = 16,
        ['H'] = 17,
        ['I'] = 34,
        ['J'] = 18,
        ['K'] = 19,
        ['L'] = 20,
        ['M'] = 21,
        ['N'] = 22,
        ['O'] = 35,
        ['P'] = 23,
        ['Q'] = 24,
        ['R'] = 25,
        ['S'] = 26,
        ['T'] = 27,
        ['U'] = 28,
        ['V'] = 29,
        ['W'] = 32,
        ['X'] = 30,
        ['Y'] = 31,
        ['Z'] = 33,
    };

    public static TheoryData<char> Letters => [.. Codes.Keys];

    [Theory, MemberData(nameof(Letters))]
    public void TryParse_EveryLetterAndKind_AcceptsExactlyTheDigitOfTheRule(char letter)
    {
        foreach (var kind in "1289")
        {
            for (var i = 0; i < 200; i++)
            {
                var digits = (i * 52_361 % 10_000_000).ToString("D7");
                var code = Codes[letter];
                var sum = (code / 10) + (code % 10 * 9) + ((kind - '0') * 8);
                for (var n = 0; n < 7; n++)
                {
                    sum += (digits[n] - '0') * (7 - n);
                }
                var check = (10 - (sum % 10)) % 10;
                for (var last = 0; last < 10; last++)
                {
                    Assert.Equal(last == check, NationalId.TryParse($"{letter}{kind}{digits}{last}", out _));
                }
                Assert.Equal($"{letter}{kind}{digits}{check}", NationalId.Complete($"{letter}{kind}{digits}").Value);
            }
        }
    }

    [Fact]
    public void TryParse_OneDigitMistyped_IsAlwaysRefusedWhereTheWeightIsPrimeToTen()
    {
        const string id = "A123456789";
        foreach (var place in new[] { 2, 6, 8, 9 })
        {
            for (var digit = '0'; digit <= '9'; digit++)
            {
                var typed = string.Concat(id.AsSpan(0, place), digit.ToString(), id.AsSpan(place + 1));
                if (digit != id[place])
                {
                    Assert.False(NationalId.TryParse(typed, out _), $"place {place} digit {digit}");
                }
            }
        }
    }

    [Theory]
    [InlineData("A123456789")]
    [InlineData(" a123456789 ")]
    [InlineData("Ａ１２３４５６７８９")]
    public void Parse_AsPeopleType_GivesTheSameNumber(string typed) =>
        Assert.Equal(NationalId.Parse("A123456789"), NationalId.Parse(typed));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("A12345678")]
    [InlineData("A1234567890")]
    [InlineData("A323456789")]
    [InlineData("1123456789")]
    [InlineData("A12345678٩")]
    [InlineData("A123 456789")]
    [InlineData("Å123456789")]
    public void TryParse_AnythingElse_IsRefused(string? text) => Assert.False(NationalId.TryParse(text, out _));

    [Fact]
    public void Parse_Refused_MessageDoesNotRepeatTheText()
    {
        var error = Assert.Throws<FormatException>(() => NationalId.Parse("A123456788"));
        Assert.DoesNotContain("A123456788", error.ToString());
    }

    [Fact]
    public void ToString_Always_IsMasked()
    {
        var id = NationalId.Parse("A123456789");
        Assert.Equal("A1******89", id.ToString());
        Assert.Equal("A1******89", $"{id}");
        Assert.False(id.IsResident);
        Assert.True(NationalId.Complete("A80000001").IsResident);
    }

    [Fact]
    public void Equals_SameNumber_HoldsInEveryForm()
    {
        var one = NationalId.Parse("A123456789");
        var same = NationalId.Parse("a123456789");
        Assert.True(one == same && one.Equals((object)same) && one.GetHashCode() == same.GetHashCode());
        Assert.True(one != NationalId.Complete("B12345678") && one != null);
    }
}
