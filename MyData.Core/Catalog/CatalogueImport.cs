using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Catalog;

/// <summary>The one write of the catalogue: compares what is listed with what is stored, and stores only what differs.</summary>
internal sealed class CatalogueImport
{
    private readonly WriteScope _scope;
    private readonly List<string> _added = [];
    private readonly List<string> _changed = [];
    private readonly List<string> _removed = [];

    private CatalogueImport(WriteScope scope) => _scope = scope;

    /// <returns>True where something differed.</returns>
    public static bool Apply(WriteScope scope, CatalogueRows rows)
    {
        var import = new CatalogueImport(scope);
        import.Providers(rows.Providers);
        import.DataSets(rows.DataSets);
        import.Schemas(rows);
        if (import._added.Count + import._changed.Count + import._removed.Count == 0)
            return false;
        scope.Raise(
            new Event
            {
                Kind = EventKinds.CatalogChanged,
                Actor = "platform",
                Details = JsonSerializer.Serialize(
                    new
                    {
                        added = import._added,
                        changed = import._changed,
                        removed = import._removed,
                    }
                ),
            }
        );
        return true;
    }

    private void Providers(IReadOnlyList<ProviderRow> rows)
    {
        var stored = _scope.Db.Set<ProviderRow>().ToDictionary(row => row.Id);
        foreach (var row in rows)
        {
            if (!stored.Remove(row.Id, out var old))
                Add(row, row.Id);
            else if (!(old.Listed && old.Listing == row.Listing && old.Place == row.Place))
                Change(old, row, row.Id);
        }
        foreach (var gone in stored.Values.Where(row => row.Listed))
        {
            (gone.Listed, gone.ChangedAt) = (false, _scope.Now);
            _removed.Add(gone.Id);
        }
    }

    private void DataSets(IReadOnlyList<DataSetRow> rows)
    {
        var stored = _scope.Db.Set<DataSetRow>().ToDictionary(row => row.Id);
        foreach (var row in rows)
        {
            if (!stored.Remove(row.Id, out var old))
                Add(row, row.Id);
            else if (row.SchemaVersion < old.SchemaVersion)
                throw new CatalogueException($"{row.Id}: the schema's version went back from {old.SchemaVersion}.");
            else if (
                !(
                    old.Listed
                    && old.Listing == row.Listing
                    && old.ProviderId == row.ProviderId
                    && old.Place == row.Place
                )
            )
                Change(old, row, row.Id);
        }
        foreach (var gone in stored.Values.Where(row => row.Listed))
        {
            (gone.Listed, gone.ChangedAt) = (false, _scope.Now);
            _removed.Add(gone.Id);
        }
    }

    private void Schemas(CatalogueRows rows)
    {
        var stored = _scope.Db.Set<SchemaVersionRow>().ToDictionary(row => (row.DataSetId, row.Version));
        foreach (var row in rows.DataSets)
        {
            var schema = rows.Schemas[row.Id];
            if (!stored.TryGetValue((row.Id, row.SchemaVersion), out var old))
                _scope.Db.Add(
                    new SchemaVersionRow
                    {
                        DataSetId = row.Id,
                        Version = row.SchemaVersion,
                        Schema = schema,
                        ListedAt = _scope.Now,
                    }
                );
            else if (old.Schema != schema)
                throw new CatalogueException($"{row.Id}: another schema needs another version than {old.Version}.");
        }
    }

    private void Add(object row, string id)
    {
        _scope.Db.Add(row).Property("ChangedAt").CurrentValue = _scope.Now;
        _added.Add(id);
    }

    private void Change(object old, object row, string id)
    {
        var entry = _scope.Db.Entry(old);
        entry.CurrentValues.SetValues(row);
        entry.Property("ChangedAt").CurrentValue = _scope.Now;
        _changed.Add(id);
    }
}
