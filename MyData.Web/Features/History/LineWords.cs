using MyData.Core.Catalog;

namespace MyData.Web.Features.History;

/// <summary>A piece of a sentence; the names in it are strong.</summary>
public readonly record struct Phrase(string Text, bool Strong);

/// <summary>One line in words, in the page's language.</summary>
public sealed record LineWords
{
    /// <summary>Who did what.</summary>
    public required IReadOnlyList<Phrase> Sentence { get; init; }

    public required string Who { get; init; }
    public required string Why { get; init; }
    public required string Result { get; init; }

    /// <summary>What a refusal or failure means; null where all went well.</summary>
    public required string? Reason { get; init; }

    /// <summary>Further facts worth knowing: by which method, on which device.</summary>
    public required IReadOnlyList<string> Facts { get; init; }

    /// <summary>The data set that it is about; null for several or none.</summary>
    public required DataSetView? DataSet { get; init; }

    /// <summary>The names of the data sets that it is about.</summary>
    public required string DataSets { get; init; }

    public string Plain => string.Concat(Sentence.Select(phrase => phrase.Text));
}
