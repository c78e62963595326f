using System.Text.Json;
using Microsoft.Extensions.Logging;
using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>Something that was wrong with a witness's copy. Public: it holds no more than the log does.</summary>
/// <param name="Code"><c>witness.healed</c>, <c>witness.damaged</c>, <c>witness.forked</c></param>
/// <param name="Place">such as <c>tile/0/000</c>, <c>checkpoint</c>, <c>journal</c></param>
/// <param name="Index">of the first record concerned; of a fork, the size of the other's tree</param>
/// <param name="From">who had the right bytes: a witness's name in the policy, <c>site</c> or <c>self</c>; of a fork, who cosigned the other log</param>
/// <param name="Wrong">what stood there, 8 kB at most; the whole file is in the folder's <c>evidence</c>; of a fork, the other's note</param>
public sealed record WitnessIncident(
    DateTimeOffset At,
    string Code,
    string Log,
    string Place,
    long? Index,
    string? From,
    byte[]? Wrong
)
{
    /// <summary>Of a fork, this witness's note; both have the log's signature.</summary>
    public byte[]? Own { get; init; }
}

/// <summary>
/// Keeps a witness's incidents in a file of its folder, a line each. A line that a crash tore is left out. Of what cannot be healed one a
/// day and place is kept, of a fork one a day and witness.
/// </summary>
internal sealed partial class WitnessIncidents(string folder, ILogger logger)
{
    public const string Healed = "witness.healed";
    public const string Damaged = "witness.damaged";

    /// <summary>Another witness cosigned another log, with the same log's signature.</summary>
    public const string Forked = "witness.forked";

    private const int Most = 200;
    private readonly string _file = Path.Combine(folder, "incidents");
    private readonly Lock _lock = new();
    private readonly List<WitnessIncident> _all = Read(Path.Combine(folder, "incidents"));

    /// <summary>Newest first.</summary>
    public IReadOnlyList<WitnessIncident> Newest(int most)
    {
        lock (_lock)
            return [.. Enumerable.Reverse(_all).Take(most)];
    }

    /// <exception cref="IOException">the disk is full, or gone</exception>
    public void Add(WitnessIncident incident)
    {
        lock (_lock)
        {
            if (incident.Code is Damaged or Forked && _all.Exists(one => Same(one, incident)))
                return;
            Happened(incident.Code, incident.Log, incident.Place, incident.Index, incident.From);
            _all.Add(incident);
            if (_all.Count > Most)
                _all.RemoveRange(0, _all.Count - Most);
            var beside = _file + ".new";
            using (var created = File.OpenHandle(beside, FileMode.Create, FileAccess.Write))
            {
                RandomAccess.Write(created, Bytes(), 0);
                RandomAccess.FlushToDisk(created);
            }
            File.Move(beside, _file, overwrite: true);
            DurableFolder.Sync(folder);
        }
    }

    private static bool Same(WitnessIncident one, WitnessIncident other) =>
        one.Code == other.Code
        && one.Log == other.Log
        && one.Place == other.Place
        && (one.Code == Forked ? one.From == other.From : one.Index == other.Index)
        && one.At.UtcDateTime.Date == other.At.UtcDateTime.Date;

    private byte[] Bytes() =>
        [.. _all.SelectMany(one => (IEnumerable<byte>)[.. JsonSerializer.SerializeToUtf8Bytes(one), (byte)'\n'])];

    private static List<WitnessIncident> Read(string file)
    {
        var all = new List<WitnessIncident>();
        if (!File.Exists(file))
            return all;
        foreach (var line in File.ReadAllLines(file))
        {
            try
            {
                if (JsonSerializer.Deserialize<WitnessIncident>(line) is { } one)
                    all.Add(one);
            }
            catch (JsonException)
            {
                // Bent, or torn: what it said nobody knows.
            }
        }
        return all;
    }

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Code} {Log}: {Place} {Index}, from {From}")]
    private partial void Happened(string code, string log, string place, long? index, string? from);
}
