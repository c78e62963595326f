namespace MyData.Core.Recording;

/// <summary>What a round has looked at, and what it has found, healed or not.</summary>
internal sealed class Found
{
    private readonly List<Incident> _all = [];

    public IReadOnlyList<Incident> All => _all;

    /// <summary>Records that were held against the tree.</summary>
    public long Records { get; set; }

    /// <summary>Tags that they have.</summary>
    public long Tags { get; set; }

    /// <summary>Files that were held against it.</summary>
    public long Files { get; set; }

    /// <summary>One that is written already.</summary>
    public void Add(Incident incident) => _all.Add(incident);

    public async Task AddAsync(LedgerIncidents incidents, Incident incident, CancellationToken token)
    {
        await incidents.AddAsync(incident, token);
        _all.Add(incident);
    }
}
