using MyData.Core.Citizens;
using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Core.Watch;

/// <summary>The tags of the canaries' records in each log. Those of before are made again at the start.</summary>
internal sealed class WatchCanaries(WatchSettings settings, WatchedPeople people)
{
    private readonly Dictionary<(int Log, NationalId Person), long> _next = [];
    private readonly HashSet<string> _tags = new(StringComparer.Ordinal);

    /// <summary>Takes in the records that there are by now; those of a batch must be in the database before.</summary>
    public async Task LookAsync(OpenLog log, CancellationToken token)
    {
        foreach (var text in settings.Canaries)
        {
            var person = NationalId.Parse(text);
            var from = _next.GetValueOrDefault((log.Id, person));
            var tags = await people.TagsAsync(log, person, from, token);
            _tags.UnionWith(tags.Select(Convert.ToBase64String));
            _next[(log.Id, person)] = from + tags.Count;
        }
    }

    public bool IsIn(LedgerRecord record) =>
        _tags.Count > 0 && record.Tags.Any(tag => _tags.Contains(Convert.ToBase64String(tag)));
}
