using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Consent;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Core.Wire.ServiceSide;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Services;

/// <summary>An item of a request as pages show it.</summary>
/// <param name="Transfer">its way, once she agreed to fetch it, or the package that she has already and chose; null: not yet, or she left it out</param>
public sealed record AskedItem(RequestedItem Asked, DataSetView View, Transfer? Transfer);

/// <summary>A request as its page shows it.</summary>
public sealed record RequestModel(RequestView View, IReadOnlyList<AskedItem> Items)
{
    public OnlineServiceListing Service => View.Service;
    public ServiceRequest Request => View.Request;

    /// <summary>It came over the national wire (protocols.md B2).</summary>
    public bool IsNational => View.Content.National is not null;

    /// <summary>The service says whom it means, and that is not who is signed in.</summary>
    public bool IsForAnother { get; init; }

    /// <summary>By data set, the package that she has already and may use in place of a new fetch; while she has not decided.</summary>
    public IReadOnlyDictionary<string, Transfer> Held { get; init; } = new Dictionary<string, Transfer>();

    /// <summary>The service owes answers, and is given nothing: before she has agreed to hand over.</summary>
    public bool IsSuspended { get; init; }

    /// <summary>Likewise, and she has agreed: what is to go is held back until it has answered, or its time is over.</summary>
    public bool IsHeldBack { get; init; }

    /// <summary>Something is still on its way.</summary>
    public bool IsMoving => Items.Any(item => item.Transfer?.State < TransferState.Ready);

    /// <summary>What can be handed over.</summary>
    public IReadOnlyList<AskedItem> Ready => [.. Items.Where(item => item.Transfer?.State == TransferState.Ready)];

    /// <summary>All that the service needs is here, or its agency has nothing on her.</summary>
    public bool IsEnough =>
        Ready.Count > 0
        && Items
            .Where(item => item.Asked.Required)
            .All(item => item.Transfer?.State is TransferState.Ready or TransferState.Empty);

    /// <summary>What the service needs and its agency holds nothing of: the service sees that it lacks.</summary>
    public IReadOnlyList<AskedItem> Lacking =>
        [.. Items.Where(item => item.Asked.Required && item.Transfer?.State == TransferState.Empty)];

    /// <summary>What of it this sign-in does not reach.</summary>
    public bool IsTooHigh(AskedItem item, AssuranceLevel level, string methods) =>
        level < View.Content.Level || !item.View.Listing.Suffices(level, methods);

    /// <summary>Those of these items that this sign-in does not reach.</summary>
    public IReadOnlyList<AskedItem> TooHigh(IEnumerable<AskedItem> items, AssuranceLevel level, string methods) =>
        [.. items.Where(item => IsTooHigh(item, level, methods))];

    /// <summary>The items that she takes: the required ones, and those that she ticked; with the package that she has, where she ticked that.</summary>
    /// <param name="ticked">data sets</param>
    /// <param name="held">transfers; what she has not counts for nothing</param>
    public IReadOnlyList<AskedItem> Chosen(IEnumerable<string?> ticked, IEnumerable<string?> held) =>
        [
            .. Items
                .Select(item =>
                    Held.TryGetValue(item.Asked.DataSet, out var has) && held.Contains(has.Id.ToString())
                        ? item with
                        {
                            Transfer = has,
                        }
                        : item
                )
                .Where(item => item.Asked.Required || item.Transfer is not null || ticked.Contains(item.Asked.DataSet)),
        ];
}

/// <summary>What the pages of this feature read from requests, catalogue, consents and transfers.</summary>
public sealed class RequestPages(
    ServiceRequests requests,
    ServiceDeliveries deliveries,
    Catalogue catalogue,
    OnlineServices services,
    Downloads downloads,
    HeldPackages held,
    OverdueDeletions overdue,
    IProviderAddresses addresses,
    RequestBrowsers browsers,
    NationalPersons persons
)
{
    public ServiceRequests Requests => requests;

    public Task<IReadOnlyList<OnlineServiceListing>> ListAsync(CancellationToken token) => services.ListAsync(token);

    /// <summary>The ids of those that owe answers for so long that they can make no new request.</summary>
    public Task<IReadOnlySet<string>> SuspendedAsync(CancellationToken token) => overdue.SuspendedAsync(token);

    /// <summary>A service's own page.</summary>
    public Uri Site(OnlineServiceListing service) => addresses.ForBrowsers(service.Site);

    /// <summary>The request of whoever looks: hers, or nobody's yet where this browser came with it; null for anybody else's.</summary>
    /// <param name="bind">
    /// Hers from now on where she is known. For what she sends alone, never for a look: any page can lead her browser to an address, and its
    /// owner would have her answer to a request of his.
    /// </param>
    public async Task<RequestModel?> FindAsync(HttpContext context, Guid id, bool bind = false)
    {
        var token = context.RequestAborted;
        Guid? citizenId = context.User.IsCitizen() ? context.User.GetCitizenId() : null;
        var view = await requests.FindAsync(citizenId, id, token);
        var other =
            view?.Content.National?.Person is { } person
            && citizenId is { } signedIn
            && !await persons.IsAsync(signedIn, person, token);
        if (view is { Request.CitizenId: null })
        {
            if (!browsers.Holds(context, id))
                return null;
            if (bind && !other && citizenId is { } known)
            {
                view = await requests.BindAsync(known, id, token);
                RequestBrowsers.Forget(context, id);
            }
        }
        if (view is null)
            return null;
        IReadOnlyList<Transfer> transfers = view.Request is { FetchConsentId: { } consent, CitizenId: { } citizen }
            ?
            [
                .. await downloads.ListAsync(citizen, consent, token),
                .. await held.ChosenAsync(citizen, consent, token),
            ]
            : [];
        var items = new List<AskedItem>();
        foreach (var asked in view.Content.Items)
            if (await catalogue.FindAsync(asked.DataSet, token) is { } set)
                items.Add(new(asked, set, transfers.FirstOrDefault(t => t.DataSetId == asked.DataSet)));
        var undecided = view.Request.State == RequestState.Opened && !other;
        var suspended =
            view.Request.State <= RequestState.HandedOver
            && !requests.IsOver(view.Request)
            && await overdue.IsSuspendedAsync(view.Service.Id, token);
        return new(view, items)
        {
            IsForAnother = other,
            Held =
                undecided && citizenId is { } has
                    ? await held.OfferAsync(has, view.Content, token)
                    : new Dictionary<string, Transfer>(),
            IsSuspended = suspended && view.Request.State <= RequestState.Fetching,
            IsHeldBack = suspended && view.Request.State == RequestState.HandedOver,
        };
    }

    public Task<IReadOnlyList<ServiceItem>> DeliveriesAsync(Guid requestId, CancellationToken token) =>
        deliveries.ItemsAsync(requestId, token);
}
