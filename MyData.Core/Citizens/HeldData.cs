using System.Data.Common;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using MyData.Core.Data;

namespace MyData.Core.Citizens;

/// <summary>How many rows of a table are about her.</summary>
public sealed record HeldStore(string Table, int Count);

/// <summary>
/// What is held about a citizen, read from the database as it is: every table that names an account, whichever feature it
/// belongs to, so that a new one cannot be forgotten.
/// </summary>
public sealed class HeldData(IDbContextFactory<MyDataDb> dbs, SealedColumns columns)
{
    private static readonly JsonWriterOptions Indented = new()
    {
        Indented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.Create(System.Text.Unicode.UnicodeRanges.All),
    };

    /// <summary>Every table that can hold something about a citizen.</summary>
    public static IReadOnlyList<string> Tables(MyDataDb db) => [.. Stores(db).Select(store => store.Table)];

    /// <summary>The stores that hold something about her, and how much.</summary>
    public async Task<IReadOnlyList<HeldStore>> CountAsync(
        Guid citizenId,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await dbs.CreateDbContextAsync(cancellationToken);
        var counts = new List<HeldStore>();
        foreach (var store in Stores(db))
        {
            var sql =
                $"SELECT CAST(COUNT(*) AS integer) AS \"Value\" FROM \"{store.Table}\" WHERE \"{store.Column}\" = {{0}}";
            var count = await db.Database.SqlQueryRaw<int>(sql, citizenId).SingleAsync(cancellationToken);
            if (count > 0)
                counts.Add(new(store.Table, count));
        }
        return counts;
    }

    /// <summary>
    /// All of it as JSON, what is sealed in clear: of her account as <paramref name="open"/>, of its row where it is a column of
    /// that kind. Digests of secrets are left out, because they say nothing about her; so is what
    /// is <see cref="NotHersAttribute"/>.
    /// </summary>
    public async Task WriteAsync(
        Guid citizenId,
        IReadOnlyDictionary<string, string?> open,
        Stream output,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await dbs.CreateDbContextAsync(cancellationToken);
        await using var json = new Utf8JsonWriter(output, Indented);
        json.WriteStartObject();
        json.WriteStartObject("you");
        foreach (var (name, value) in open)
            json.WriteString(name, value);
        json.WriteEndObject();
        foreach (var store in Stores(db))
        {
            json.WriteStartArray(store.Table);
            await WriteRowsAsync(db, store, citizenId, json, cancellationToken);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private async Task WriteRowsAsync(
        MyDataDb db,
        Store store,
        Guid citizenId,
        Utf8JsonWriter json,
        CancellationToken cancellationToken
    )
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = $"SELECT * FROM \"{store.Table}\" WHERE \"{store.Column}\" = @citizen";
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = ("@citizen", citizenId);
        command.Parameters.Add(parameter);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            json.WriteStartObject();
            for (var i = 0; i < reader.FieldCount; i++)
                WriteValue(json, reader, i, store);
            json.WriteEndObject();
        }
    }

    private void WriteValue(Utf8JsonWriter json, DbDataReader reader, int i, Store store)
    {
        var name = reader.GetName(i);
        if (store.NotHers.Contains(name))
            return;
        var value = reader.GetValue(i);
        if (value is byte[] sealedValue && columns.Find(store.Table, name) is { } column)
            value = columns.Open(column, sealedValue, reader.GetGuid(reader.GetOrdinal("Id")));
        if (value is byte[] || name.EndsWith("Hash", StringComparison.Ordinal))
            return;
        json.WritePropertyName(JsonNamingPolicy.SnakeCaseLower.ConvertName(name));
        switch (value)
        {
            case DBNull:
                json.WriteNullValue();
                break;
            case long milliseconds when store.Times.Contains(name):
                json.WriteStringValue(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds));
                break;
            case long number:
                json.WriteNumberValue(number);
                break;
            case int number:
                json.WriteNumberValue(number);
                break;
            case bool yes:
                json.WriteNumberValue(yes ? 1 : 0);
                break;
            case DateOnly day:
                json.WriteStringValue(day.ToString("O", System.Globalization.CultureInfo.InvariantCulture));
                break;
            case double number:
                json.WriteNumberValue(number);
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture));
                break;
        }
    }

    private static IEnumerable<Store> Stores(MyDataDb db)
    {
        foreach (var entity in db.Model.GetEntityTypes().OrderBy(e => e.GetTableName(), StringComparer.Ordinal))
        {
            var table = StoreObjectIdentifier.Create(entity, StoreObjectType.Table)!.Value;
            var owner =
                entity.ClrType == typeof(Citizen)
                    ? entity.FindProperty(nameof(Citizen.Id))
                    : entity.FindProperty("CitizenId");
            if (owner?.GetColumnName(table) is not { } column)
                continue;
            var times = entity
                .GetProperties()
                .Where(p => p.ClrType == typeof(DateTimeOffset) || p.ClrType == typeof(DateTimeOffset?))
                .Select(p => p.GetColumnName(table)!)
                .ToHashSet(StringComparer.Ordinal);
            var notHers = entity
                .GetProperties()
                .Where(p => p.PropertyInfo?.IsDefined(typeof(NotHersAttribute), inherit: false) is true)
                .Select(p => p.GetColumnName(table)!)
                .ToHashSet(StringComparer.Ordinal);
            yield return new Store(table.Name, column, times, notHers);
        }
    }

    private sealed record Store(string Table, string Column, HashSet<string> Times, HashSet<string> NotHers);
}

/// <summary>A column in a row of hers that tells of somebody else, who may not be known to her: her copy leaves it out.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class NotHersAttribute : Attribute;
