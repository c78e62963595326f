using MyData.Web.Ui;

namespace MyData.Web.Features.Account;

/// <summary>What she typed about her address, and what was wrong with it.</summary>
public sealed record ContactForm
{
    public static ContactForm Empty { get; } = new();

    public string? Email { get; init; }
    public IReadOnlyList<FieldError> Errors { get; init; } = [];
}
