namespace MyData.Core.Data;

/// <summary>The portal does not start, for reasons that whoever runs it can mend: a line for each.</summary>
public sealed class StartRefusedException(IEnumerable<string> reasons, Exception? inner = null)
    : InvalidOperationException("MyData does not start:\n  " + string.Join("\n  ", reasons), inner);
