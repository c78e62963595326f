using MyData.Core.Services;

namespace MyData.Core.Wire.ServiceSide;

/// <summary>Where an entry came from.</summary>
/// <param name="Network">an IPv4 address, or the /64 of an IPv6 address</param>
/// <param name="Site">the /48 of an IPv6 address; null for any other</param>
public sealed record EntryOrigin(string Network, string? Site);

/// <summary>
/// Requests of a service that are nobody's yet: one network may have so many of them and a /48 four times that, so that no stranger fills the places of
/// all. In memory, as the buckets of networks are, and begun anew with a restart; what became somebody's or ended is seen in its row, and gives its
/// place back.
/// </summary>
public sealed class EntryPlaces(
    NationalRequests requests,
    WireSettings settings,
    ServiceSettings services,
    TimeProvider time
)
{
    /// <summary>A /48 has so many times what one of its 65,536 networks has.</summary>
    public const int OfSite = 4;

    private static readonly TimeSpan Sweep = TimeSpan.FromMinutes(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<Place>> _held = new(StringComparer.Ordinal);
    private DateTimeOffset _sweptAt;

    /// <param name="id">of the request that is to have it</param>
    /// <returns>False where there is none; else <see cref="Keep"/> or <see cref="Leave"/> follows.</returns>
    public async Task<bool> TakeAsync(string serviceId, EntryOrigin from, Guid id, CancellationToken token)
    {
        var keys = Keys(serviceId, from);
        var place = new Place(id, time.GetUtcNow() + services.OpenedLife);
        if (TryTake(keys, place))
            return true;
        foreach (var (key, _) in keys)
            if (Stored(key) is { Count: > 0 } ids)
            {
                var waiting = await requests.NobodysAsync(ids, token);
                Drop(key, ids.Where(one => !waiting.Contains(one)));
            }
        return TryTake(keys, place);
    }

    /// <summary>Its request is stored.</summary>
    public void Keep(string serviceId, EntryOrigin from, Guid id)
    {
        lock (_gate)
            foreach (var (key, _) in Keys(serviceId, from))
                if (_held.TryGetValue(key, out var places) && places.Find(place => place.Id == id) is { } kept)
                    kept.IsStored = true;
    }

    /// <summary>There was no request made of it.</summary>
    public void Leave(string serviceId, EntryOrigin from, Guid id)
    {
        foreach (var (key, _) in Keys(serviceId, from))
            Drop(key, [id]);
    }

    private IReadOnlyList<(string Key, int Most)> Keys(string serviceId, EntryOrigin from)
    {
        (string, int) network = ($"{serviceId} {from.Network}", settings.MostOfNetwork);
        return from.Site is { } site ? [network, ($"{serviceId} {site}", settings.MostOfNetwork * OfSite)] : [network];
    }

    private bool TryTake(IReadOnlyList<(string Key, int Most)> keys, Place place)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            if (now - _sweptAt >= Sweep)
            {
                _sweptAt = now;
                foreach (var (key, places) in _held.ToList())
                    if (places.RemoveAll(one => one.Until <= now) > 0 && places.Count == 0)
                        _held.Remove(key);
            }
            if (keys.Any(one => _held.TryGetValue(one.Key, out var places) && places.Count >= one.Most))
                return false;
            foreach (var (key, _) in keys)
                if (_held.TryGetValue(key, out var places))
                    places.Add(place);
                else
                    _held[key] = [place];
            return true;
        }
    }

    private List<Guid>? Stored(string key)
    {
        lock (_gate)
            return _held.TryGetValue(key, out var places)
                ? [.. places.Where(place => place.IsStored).Select(place => place.Id)]
                : null;
    }

    private void Drop(string key, IEnumerable<Guid> ids)
    {
        var gone = ids.ToHashSet();
        lock (_gate)
            if (_held.TryGetValue(key, out var places) && places.RemoveAll(place => gone.Contains(place.Id)) > 0)
                if (places.Count == 0)
                    _held.Remove(key);
    }

    private sealed class Place(Guid id, DateTimeOffset until)
    {
        public Guid Id => id;
        public DateTimeOffset Until => until;
        public bool IsStored { get; set; }
    }
}
