using MyData.Core.Catalog;
using MyData.Core.Counter;
using MyData.Core.Members;
using MyData.Core.Services;
using MyData.Web.Features.Catalog;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Consent;

/// <summary>What the pages of this feature read: her consents to online services, and the codes for a counter that are good now.</summary>
public sealed class ConsentLines(
    ServiceConsents consents,
    CounterTickets tickets,
    CounterServices counters,
    Memberships memberships,
    Catalogue catalogue,
    ServiceSettings settings,
    TimeProvider time
)
{
    /// <summary>Whole days, rounded up.</summary>
    public int AnswerDays => (int)Math.Ceiling(settings.AnswerTime.TotalDays);

    public async Task<IReadOnlyList<ConsentLine>> ListAsync(Guid citizenId, CancellationToken token)
    {
        var lines = new List<ConsentLine>();
        foreach (var view in await consents.ListAsync(citizenId, token))
            lines.Add(await LineAsync(view, token));
        return lines;
    }

    /// <summary>One of hers; null for anybody else's.</summary>
    public async Task<ConsentLine?> FindAsync(Guid citizenId, Guid requestId, CancellationToken token) =>
        await consents.FindAsync(citizenId, requestId, token) is { } view ? await LineAsync(view, token) : null;

    /// <summary>Where she signs in, and what she ended of it.</summary>
    public Task<IReadOnlyList<MembershipView>> SignInsAsync(Guid citizenId, CancellationToken token) =>
        memberships.ListAsync(citizenId, token);

    /// <summary>Codes that a counter would still take, or that a clerk looks at just now.</summary>
    public async Task<IReadOnlyList<(CounterTicket Ticket, CounterServiceListing Service)>> CountersAsync(
        Guid citizenId,
        CancellationToken token
    )
    {
        var live = new List<(CounterTicket, CounterServiceListing)>();
        foreach (var ticket in await tickets.LiveAsync(citizenId, token))
            if (await counters.FindAnyAsync(ticket.ServiceId, token) is { } service)
                live.Add((ticket, service));
        return live;
    }

    private async Task<ConsentLine> LineAsync(ServiceConsentView view, CancellationToken token)
    {
        var items = new List<ConsentLineItem>();
        foreach (var agreed in view.Agreed)
        {
            var set = await catalogue.FindAsync(agreed.DataSet, token);
            var labels = agreed.Fields.Select(name =>
                set?.Fields.FirstOrDefault(field => field.Name == name)?.Label.Here() ?? name
            );
            items.Add(
                new(
                    agreed.DataSet,
                    set?.Listing.Name.Here() ?? agreed.DataSet,
                    [.. labels],
                    view.Standing?.StruckSets.Contains(agreed.DataSet) == true
                )
            );
        }
        return new(view, items, time.GetUtcNow());
    }
}
