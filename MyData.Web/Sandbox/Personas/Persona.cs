using MyData.Core.Citizens;

namespace MyData.Web.Sandbox.Personas;

public enum PersonaGender
{
    Female,
    Male,
}

/// <summary>A made-up person. Nobody living has these data; the ID numbers only satisfy the checksum.</summary>
public sealed record Persona
{
    /// <summary>Short name in URLs and tests, such as <c>lin</c>.</summary>
    public required string Key { get; init; }

    public required NationalId Id { get; init; }

    /// <summary>The name as it stands in the household register; Latin letters where the person registered so.</summary>
    public required string Name { get; init; }

    public required string LatinName { get; init; }

    public required DateOnly Birth { get; init; }

    public required PersonaGender Gender { get; init; }

    public required string Address { get; init; }

    /// <summary>Card number of the health insurance card: twelve digits.</summary>
    public required string HealthCard { get; init; }

    /// <summary>Household number (戶號): a letter and seven digits.</summary>
    public required string Household { get; init; }

    public string? Father { get; init; }

    public string? Mother { get; init; }

    public string? Spouse { get; init; }

    /// <summary>Every agency answers 204 for her.</summary>
    public bool HoldsNothing { get; init; }

    /// <summary>False where the matching of her documents was never switched on: the authority answers 2.</summary>
    public bool DocumentsActivated { get; init; } = true;

    /// <summary>Why she is among the twelve: key of a text in SandboxText.</summary>
    public required string Reason { get; init; }

    public bool IsMinorOn(DateOnly day) => Birth.AddYears(18) > day;

    /// <summary>Key only: a record's own ToString would print every number in clear.</summary>
    public override string ToString() => Key;
}
