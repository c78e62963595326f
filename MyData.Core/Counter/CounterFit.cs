using MyData.Core.Catalog;
using MyData.Core.Consent;
using MyData.Core.Transfers;

namespace MyData.Core.Counter;

/// <summary>A package that waits for her, beside what a service may see of its data set.</summary>
/// <param name="Fields">the fields that are in it</param>
/// <param name="Fits">they are no more than the service registered</param>
public sealed record FittingPackage(Transfer Transfer, ConsentItem Item, IReadOnlyList<string> Fields, bool Fits);

/// <summary>Which of her packages serve a service: a package is never cut, so one with more fields than are registered does not.</summary>
public sealed class CounterFit(HandOvers handOvers, Consents consents, Catalogue catalogue)
{
    /// <summary>Her waiting packages of the data sets that the service asks for, the newest first.</summary>
    public async Task<IReadOnlyList<FittingPackage>> ListAsync(
        Guid citizenId,
        CounterServiceListing service,
        CancellationToken token = default
    )
    {
        var found = new List<FittingPackage>();
        foreach (var transfer in await handOvers.ReadyAsync(citizenId, token))
        {
            if (service.Item(transfer.DataSetId) is not { } registered)
                continue;
            if (await consents.FindAsync(citizenId, transfer.ConsentId, token) is not { } consent)
                continue;
            if (consents.Items(consent).FirstOrDefault(i => i.DataSet == transfer.DataSetId) is not { } item)
                continue;
            var fields = await FieldsAsync(item, token);
            found.Add(new(transfer, item, fields, fields.All(registered.Fields.Contains)));
        }
        return found;
    }

    /// <summary>Whether these data sets are what the service needs: all that are required, enough of each choice, nothing else.</summary>
    public static bool Meets(CounterServiceListing service, IReadOnlyCollection<string> dataSets) =>
        dataSets.All(id => service.Item(id) is not null)
        && dataSets.Distinct().Count() == dataSets.Count
        && service.Needs.All(need => need.Of.Count(item => dataSets.Contains(item.DataSet)) >= need.Least);

    // An agency on the national wire knows no choice of fields: whatever was agreed to, all of them are in its package.
    private async Task<IReadOnlyList<string>> FieldsAsync(ConsentItem item, CancellationToken token)
    {
        if (item.Wire == WireFormat.Native)
            return item.Fields;
        var schema = await catalogue.FindSchemaAsync(item.DataSet, item.SchemaVersion, token);
        return schema is null ? item.Fields : [.. DataSetField.Parse(schema).Select(field => field.Name)];
    }
}
