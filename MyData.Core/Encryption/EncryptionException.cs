namespace MyData.Core.Encryption;

/// <summary>
/// Something that arrived is refused. <see cref="Code"/> is stable: the same in log, response and test (the table stands in this
/// folder's README); the message is for developers and never holds key material or plain text.
/// </summary>
public sealed class EncryptionException(string code, string message, Exception? inner = null)
    : Exception(message, inner)
{
    /// <summary>Stable code such as <c>jose.alg_refused</c>.</summary>
    public string Code { get; } = code;

    public override string ToString() => $"{Code}: {base.ToString()}";

    /// <summary>A value that a stranger wrote, made fit for a log line: at most 60 characters, printable ASCII only.</summary>
    internal static string Quote(string? value)
    {
        if (value is null)
            return "(none)";
        var shown = value.Length > 60 ? value[..60] : value;
        return string.Create(
            shown.Length + 2,
            shown,
            static (span, text) =>
            {
                span[0] = span[^1] = '"';
                for (var i = 0; i < text.Length; i++)
                    span[i + 1] = text[i] is >= ' ' and <= '~' and not '"' ? text[i] : '?';
            }
        );
    }
}
