using MyData.Core.Catalog;
using MyData.Core.Counter;

namespace MyData.Web.Features.Counter;

/// <summary>One data set that a service asks for, and what she has of it.</summary>
/// <param name="Package">the newest one that serves; null: none</param>
/// <param name="TooMuch">there is a package, with more fields than the service registered</param>
public sealed record CounterOffer(CounterItem Item, DataSetView View, FittingPackage? Package, bool TooMuch);

/// <summary>What she can show at a service's counter, what is missing, and what she has still to choose.</summary>
public sealed class CounterChoice
{
    private CounterChoice(CounterServiceListing service) => Service = service;

    public CounterServiceListing Service { get; }

    /// <summary>By need, in the order of the listing.</summary>
    public IReadOnlyList<(CounterNeed Need, IReadOnlyList<CounterOffer> Offers)> Needs { get; private init; } = [];

    /// <summary>What will be shown, once nothing is missing and all is chosen.</summary>
    public IReadOnlyList<CounterOffer> Chosen { get; private init; } = [];

    public bool IsMissing => Needs.Any(need => Ready(need.Offers) < need.Need.Least);

    /// <summary>She has more of a choice than is asked for: she says which.</summary>
    public bool Asks => !IsMissing && !CounterFit.Meets(Service, [.. Chosen.Select(offer => offer.Item.DataSet)]);

    /// <param name="chosen">data sets that she ticked; none: those that are no choice</param>
    public static async Task<CounterChoice> BuildAsync(
        CounterServiceListing service,
        IReadOnlyList<FittingPackage> packages,
        IReadOnlyCollection<string> chosen,
        Catalogue catalogue,
        CancellationToken token
    )
    {
        var needs = new List<(CounterNeed, IReadOnlyList<CounterOffer>)>();
        foreach (var need in service.Needs)
        {
            var offers = new List<CounterOffer>();
            foreach (var item in need.Of)
            {
                if (await catalogue.FindAsync(item.DataSet, token) is not { } view)
                    continue;
                var own = packages.Where(package => package.Transfer.DataSetId == item.DataSet).ToList();
                var fits = own.FirstOrDefault(package => package.Fits);
                offers.Add(new(item, view, fits, TooMuch: fits is null && own.Count > 0));
            }
            needs.Add((need, offers));
        }
        return new CounterChoice(service)
        {
            Needs = needs,
            Chosen =
            [
                .. needs.SelectMany(need =>
                    need.Item2.Where(offer =>
                        offer.Package is not null
                        && (
                            need.Item1.IsAll
                            || Ready(need.Item2) == need.Item1.Least
                            || chosen.Contains(offer.Item.DataSet)
                        )
                    )
                ),
            ],
        };
    }

    private static int Ready(IReadOnlyList<CounterOffer> offers) => offers.Count(offer => offer.Package is not null);
}
