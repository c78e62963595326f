using System.Globalization;
using Microsoft.Extensions.Localization;
using MyData.Core.Citizens;
using MyData.Web.Ui;

namespace MyData.Web.Features.Counter;

/// <summary>Whom she names, as she typed it, and what is wrong with the form of it: whether there is such a person nobody says.</summary>
public sealed record AppointForm
{
    public string? Id { get; init; }
    public string? Birthday { get; init; }
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>A stable code where it is not a field that is wrong.</summary>
    public string? Code { get; init; }

    internal (NationalId Id, DateOnly Birthday)? Who { get; private init; }

    public static AppointForm Read(string? id, string? birthday, IStringLocalizer<CounterText> text)
    {
        var errors = new List<FieldError>();
        if (!NationalId.TryParse(id, out var number))
            errors.Add(new("id", text["AgentIdWrong"]));
        var day = Day(birthday);
        if (day is null)
            errors.Add(new("birthday", text["AgentBirthdayWrong"]));
        return new AppointForm
        {
            Id = id,
            Birthday = birthday,
            Errors = errors,
            Who = number is not null && day is { } date ? (number, date) : null,
        };
    }

    /// <summary>Seven digits of the Republic's calendar, such as 0840312, or a Gregorian day, such as 1995-03-12.</summary>
    private static DateOnly? Day(string? typed)
    {
        var plain = (typed ?? "").Normalize(System.Text.NormalizationForm.FormKC).Trim();
        if (DateOnly.TryParseExact(plain, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
            return day;
        var digits = new string([.. plain.Where(char.IsAsciiDigit)]);
        if (digits.Length is not (6 or 7) || plain.Length > 12)
            return null;
        digits = digits.PadLeft(7, '0');
        var year = int.Parse(digits[..3], CultureInfo.InvariantCulture) + 1911;
        return DateOnly.TryParseExact(
            $"{year:0000}{digits[3..]}",
            "yyyyMMdd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out day
        )
            ? day
            : null;
    }

    // A record prints its members; a number must not reach a log.
    public override string ToString() => Code ?? "";
}
