namespace MyData.Load.Report;

/// <summary>Measured values of one kind. What is reported of them: count, least, mean, 95th percentile, greatest.</summary>
public sealed class Samples
{
    private readonly List<double> _values = [];

    public Samples() { }

    public Samples(IEnumerable<double> values) => _values.AddRange(values);

    public int Count => _values.Count;

    public IEnumerable<double> Values => _values;

    public double Min => _values.Count == 0 ? 0 : _values.Min();
    public double Max => _values.Count == 0 ? 0 : _values.Max();
    public double Mean => _values.Count == 0 ? 0 : _values.Average();
    public double Median => Percentile(0.5);
    public double P95 => Percentile(0.95);

    public void Add(double value) => _values.Add(value);

    /// <summary>Nearest rank: a value that was measured, never one between two.</summary>
    public double Percentile(double share)
    {
        if (_values.Count == 0)
            return 0;
        var sorted = _values.Order().ToList();
        return sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Count) - 1, 0, sorted.Count - 1)];
    }
}
