using System.Text;
using Microsoft.Extensions.Localization;
using MyData.Core.Citizens;
using MyData.Web.Ui;

namespace MyData.Web.Features.SignIn;

/// <summary>The three numbers as she typed them, where she is going, and what was wrong with them.</summary>
public sealed record DocumentsForm
{
    public const int LongestInput = 64;

    public string? Id { get; init; }
    public string? HealthCard { get; init; }
    public string? Household { get; init; }
    public string? Back { get; init; }
    public string? Level { get; init; }

    /// <summary>What is wrong, field by field; and the code where it is not a field that is wrong.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];
    public string? Code { get; init; }
    public TimeSpan? Wait { get; init; }

    /// <summary>The numbers, checked for form alone, or what is wrong with them.</summary>
    public DocumentNumbers? Read(IStringLocalizer<SignInText> text, out IReadOnlyList<FieldError> errors)
    {
        var wrong = new List<FieldError>();
        if (!NationalId.TryParse(Id, out var id))
            wrong.Add(new("id", text[Empty(Id) ? "IdMissing" : "IdWrong"]));
        var card = Plain(HealthCard);
        if (card is not { Length: 12 } || card.AsSpan().ContainsAnyExceptInRange('0', '9'))
            wrong.Add(new("health_card", text[Empty(HealthCard) ? "HealthCardMissing" : "HealthCardWrong"]));
        var household = Plain(Household);
        if (
            household is not { Length: 8 }
            || !char.IsAsciiLetterUpper(household[0])
            || household.AsSpan(1).ContainsAnyExceptInRange('0', '9')
        )
            wrong.Add(new("household", text[Empty(Household) ? "HouseholdMissing" : "HouseholdWrong"]));
        errors = wrong;
        return wrong.Count > 0
            ? null
            : new DocumentNumbers
            {
                Id = id!,
                HealthCard = card!,
                Household = household!,
            };
    }

    private static bool Empty(string? value) => string.IsNullOrWhiteSpace(value);

    /// <summary>Without spaces and hyphens, full-width forms narrowed, letters in capitals.</summary>
    private static string? Plain(string? typed)
    {
        if (typed is null || typed.Length > LongestInput)
            return null;
        var plain = new StringBuilder(typed.Length);
        foreach (var c in typed)
        {
            var narrow = c is >= '\uFF01' and <= '\uFF5E' ? (char)(c - 0xFEE0) : c;
            if (narrow is not (' ' or '-' or '\u3000'))
                plain.Append(char.ToUpperInvariant(narrow));
        }
        return plain.ToString();
    }
}
