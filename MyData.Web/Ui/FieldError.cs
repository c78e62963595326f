namespace MyData.Web.Ui;

/// <summary>What is wrong with one field: the id of its input, and what to do, in the page's language.</summary>
public sealed record FieldError(string Field, string Message);

public static class FieldErrors
{
    /// <summary>The message at this field, or null.</summary>
    public static string? At(this IEnumerable<FieldError> errors, string field) =>
        errors.FirstOrDefault(error => string.Equals(error.Field, field, StringComparison.Ordinal))?.Message;
}
