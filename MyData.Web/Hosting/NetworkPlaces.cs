using System.Net;
using MyData.Web.Features.SignIn;

namespace MyData.Web.Hosting;

/// <summary>
/// So many places at once, in all and of one network (<see cref="Visitor.Network(IPAddress?)"/>), so that no stranger takes them all. A /48,
/// which is what a customer may be given, holds 65,536 networks: all of them together have half of the places, and at least one network's.
/// </summary>
public sealed class NetworkPlaces(int most, int mostOfNetwork)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, int> _held = new(StringComparer.Ordinal);
    private int _all;

    private int MostOfSite => Math.Max(mostOfNetwork, most / 2);

    /// <returns>whether there was one; then <see cref="Leave"/> gives it back</returns>
    public bool Enter(IPAddress? from)
    {
        var (network, site) = (Visitor.Network(from), Visitor.Site(from));
        lock (_gate)
        {
            if (_all >= most || Held(network) >= mostOfNetwork || (site is not null && Held(site) >= MostOfSite))
                return false;
            Change(network, site, 1);
            return true;
        }
    }

    public void Leave(IPAddress? from)
    {
        lock (_gate)
            Change(Visitor.Network(from), Visitor.Site(from), -1);
    }

    private int Held(string part) => _held.GetValueOrDefault(part);

    private void Change(string network, string? site, int by)
    {
        _all += by;
        foreach (var part in (string?[])[network, site])
            if (part is not null && (_held[part] = Held(part) + by) == 0)
                _held.Remove(part);
    }
}
