using System.Globalization;
using System.Text.Json;

namespace MyData.Core.Citizens;

/// <summary>Who a citizen is, in clear: opened from the vault for the moment that needs it.</summary>
public sealed record CitizenIdentity(NationalId Id, string Name, DateOnly Birthdate, string? Gender)
{
    // A record prints its members; these must not reach a log.
    public override string ToString() => Id.ToString();
}

/// <summary>What the proofs of a running check have told so far. The documents give a number, and no name.</summary>
internal sealed record IdentityFacts(string Id, string? Name, DateOnly? Birthdate, string? Gender)
{
    public CitizenIdentity? Complete() =>
        Name is { } name && Birthdate is { } birthdate ? new(NationalId.Parse(Id), name, birthdate, Gender) : null;

    public IdentityFacts With(IdentityProof proof) =>
        this with
        {
            Name = proof.Name ?? Name,
            Birthdate = proof.Birthdate ?? Birthdate,
            Gender = proof.Gender ?? Gender,
        };

    public static IdentityFacts Of(CitizenIdentity identity) =>
        new(identity.Id.Value, identity.Name, identity.Birthdate, identity.Gender);

    public string ToJson() => JsonSerializer.Serialize(this);

    public static IdentityFacts Parse(string json) =>
        JsonSerializer.Deserialize<IdentityFacts>(json)
        ?? throw new InvalidOperationException("A sealed identity is empty.");

    public override string ToString() => Id.Length.ToString(CultureInfo.InvariantCulture);
}
