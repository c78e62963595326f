namespace MyData.Core.Ledger;

/// <summary>
/// Something that arrived, or stands on a disk, is refused. <see cref="Code"/> is stable: the same here, in the browser's modules, in
/// logs, answers and tests (the table stands in this folder's README). The message is for developers and quotes nothing personal.
/// </summary>
public sealed class LedgerException(string code, string message, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>Stable code such as <c>checkpoint.size</c>.</summary>
    public string Code { get; } = code;

    public override string ToString() => $"{Code}: {base.ToString()}";
}
