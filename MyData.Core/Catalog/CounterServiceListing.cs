using System.Text.Json.Serialization;

namespace MyData.Core.Catalog;

/// <summary>What a service provider registers about one service at its counters: for what, which items, where.</summary>
public sealed record CounterServiceListing
{
    public required string Id { get; init; }

    public required LocalText Name { get; init; }

    /// <summary>Who offers it, and keeps what it is shown.</summary>
    public required LocalText Organisation { get; init; }

    /// <summary>One character that stands for the organisation where there is no room for its name.</summary>
    public required string Glyph { get; init; }

    /// <summary>What the data is used for.</summary>
    public required LocalText Purpose { get; init; }

    /// <summary>How long the office keeps what it took over into its case.</summary>
    public required TimeSpan Retention { get; init; }

    public required int TermsVersion { get; init; }

    public required IReadOnlyList<CounterNeed> Needs { get; init; }

    /// <summary>What she brings herself: no agency has it.</summary>
    public IReadOnlyList<LocalText> Bring { get; init; } = [];

    public required IReadOnlyList<CounterOffice> Offices { get; init; }

    [JsonIgnore]
    public IEnumerable<CounterItem> Items => Needs.SelectMany(need => need.Of);

    public CounterOffice? Office(string id) => Offices.FirstOrDefault(office => office.Id == id);

    /// <summary>What it may see of this data set; null where it may see nothing of it.</summary>
    public CounterItem? Item(string dataSetId) => Items.FirstOrDefault(item => item.DataSet == dataSetId);
}

/// <summary>At least <see cref="Least"/> of these data sets; all of them where it is as many.</summary>
public sealed record CounterNeed
{
    public required IReadOnlyList<CounterItem> Of { get; init; }
    public required int Least { get; init; }

    [JsonIgnore]
    public bool IsAll => Least == Of.Count;
}

/// <summary>The most that a service may see of a data set.</summary>
public sealed record CounterItem(string DataSet, IReadOnlyList<string> Fields);

/// <summary>Where a service has counters.</summary>
public sealed record CounterOffice(string Id, LocalText Name, LocalText Address);
