using System.Text.Json.Nodes;
using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Web.Sandbox.Personas;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>What an agency found about one person: the record, and a table beside it where there is one.</summary>
public sealed record AgencyRecord(JsonObject Data)
{
    public ReadOnlyMemory<byte> Csv { get; init; }

    /// <summary>The field that the table belongs to: who may not have the one does not get the other.</summary>
    public string CsvField { get; init; } = "";
}

/// <summary>A data set, as its agency runs it.</summary>
public sealed record SandboxDataSet
{
    public required string Id { get; init; }

    public required LocalText Name { get; init; }

    public required LocalText Description { get; init; }

    public required string Category { get; init; }

    /// <summary>Last part of the endpoint's path.</summary>
    public required string Slug { get; init; }

    /// <summary>Name of the file in Schemas; null where it is the slug.</summary>
    public string? Schema { get; init; }

    public int SchemaVersion { get; init; } = 1;

    public AssuranceLevel Level { get; init; } = AssuranceLevel.LoA2;

    public IReadOnlyList<string> Methods { get; init; } = ["oidc", "documents", "passkey"];

    public IReadOnlyList<ParameterListing> Parameters { get; init; } = [];

    public WireFormat Wire { get; init; } = WireFormat.Native;

    public string? SubjectField { get; init; }

    public TimeSpan UsualWait { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Answers 202 first and is ready after <see cref="SandboxSettings.IncomeWait"/>.</summary>
    public bool Slow { get; init; }

    /// <summary>Packages of many megabytes: few are built at once.</summary>
    public bool Large { get; init; }

    /// <summary>Obeys the switch of <see cref="Misbehaving.MisbehaveSwitch"/>.</summary>
    public bool Misbehaves { get; init; }

    /// <summary>An address of its own, where the fault lies in the connection itself.</summary>
    public string? Address { get; init; }

    /// <summary>The record, or null where the agency holds nothing on this person.</summary>
    public required Func<Persona, IReadOnlyDictionary<string, string>, AgencyRecord?> Build { get; init; }
}

/// <summary>An organisation with its data sets.</summary>
public sealed record SandboxAgency
{
    /// <summary>Short name in paths and keys, such as <c>ris</c>.</summary>
    public required string Id { get; init; }

    public required LocalText Name { get; init; }

    public required LocalText ShortName { get; init; }

    public required string Glyph { get; init; }

    public required IReadOnlyList<SandboxDataSet> DataSets { get; init; }

    public string ClientId => $"sandbox-{Id}";

    public bool SpeaksNational => DataSets.Any(d => d.Wire == WireFormat.National);

    public string PathOf(SandboxDataSet dataSet) => $"/agencies/{Id}/{dataSet.Slug}";
}
