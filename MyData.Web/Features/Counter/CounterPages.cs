using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Consent;
using MyData.Core.Counter;
using MyData.Core.Transfers;
using MyData.Web.Features.Catalog;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Counter;

/// <summary>A package of a ticket as pages show it.</summary>
/// <param name="Kid">of the key that its owner opens it with</param>
public sealed record TicketPackage(Transfer Transfer, DataSetView View, string Kid);

/// <summary>What the pages of this feature read from catalogue, consents, transfers and tickets.</summary>
public sealed class CounterPages(
    Catalogue catalogue,
    CounterServices services,
    CounterFit fit,
    Consents consents,
    HandOvers handOvers,
    CitizenAccounts accounts,
    TimeProvider time
)
{
    public CounterServices Services => services;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>What she has of what a service asks for; nobody signed in: nothing.</summary>
    public async Task<CounterChoice> ChoiceAsync(
        Guid? citizenId,
        CounterServiceListing service,
        IReadOnlyCollection<string> chosen,
        CancellationToken token
    )
    {
        var packages = citizenId is { } citizen ? await fit.ListAsync(citizen, service, token) : [];
        return await CounterChoice.BuildAsync(service, packages, chosen, catalogue, token);
    }

    /// <summary>The packages of a ticket that still wait.</summary>
    public async Task<IReadOnlyList<TicketPackage>> PackagesAsync(TicketView view, CancellationToken token)
    {
        var found = new List<TicketPackage>();
        foreach (var transfer in await handOvers.FindAsync([.. view.Items.Select(i => i.TransferId)], token))
        {
            if (await catalogue.FindAsync(transfer.DataSetId, token) is not { } set)
                continue;
            var consent = await consents.FindAsync(transfer.CitizenId, transfer.ConsentId, token);
            found.Add(new(transfer, set, consent?.RecipientKey ?? ""));
        }
        return found;
    }

    /// <summary>The names of a ticket's data sets, also when their packages are gone.</summary>
    public async Task<IReadOnlyList<DataSetView>> DataSetsAsync(TicketView view, CancellationToken token)
    {
        var found = new List<DataSetView>();
        foreach (var item in view.Items)
            if (await catalogue.FindAsync(item.DataSetId, token) is { } set)
                found.Add(set);
        return found;
    }

    /// <summary>What the clerk's module lists: addresses, names, and the fields that were agreed to.</summary>
    public async Task<IReadOnlyList<object>> ForClerkAsync(TicketView view, CancellationToken token)
    {
        var consent = await consents.FindAsync(view.Ticket.CitizenId, view.Ticket.ConsentId, token);
        var items = consent is null ? [] : consents.Items(consent);
        return
        [
            .. (await PackagesAsync(view, token)).Select(package => new
            {
                transfer = package.Transfer.Id,
                dataset = package.View.Id,
                name = package.View.Listing.Name.Here(),
                agency = package.View.Provider.Name.Here(),
                glyph = package.View.Provider.Glyph,
                url = CounterUrls.Package(view.Ticket.Id, package.Transfer.Id),
                schemaUrl = CatalogUrls.Schema(package.View.Id, package.Transfer.SchemaVersion),
                certificateSha256 = package.View.Provider.CertificateSha256,
                sealedBy = package.View.SealedByProvider ? "agency" : "platform",
                fields = items.FirstOrDefault(i => i.DataSet == package.View.Id)?.Fields ?? [],
            }),
        ];
    }

    /// <summary>Another person's name as far as it may be shown: the first and the last character.</summary>
    public async Task<string?> MaskedNameAsync(Guid personId, CancellationToken token)
    {
        if (await accounts.FindIdentityAsync(personId, token) is not { Name: { Length: > 0 } name })
            return null;
        var letters = new System.Globalization.StringInfo(name);
        var (first, last) = (letters.SubstringByTextElements(0, 1), letters.LengthInTextElements);
        return last switch
        {
            1 => first,
            2 => first + Mask,
            _ => first
                + string.Concat(Enumerable.Repeat(Mask, Math.Min(last - 2, 6)))
                + letters.SubstringByTextElements(last - 1),
        };
    }

    // WHITE CIRCLE, as forms here mask a name.
    private const char Mask = '\u25CB';
}
