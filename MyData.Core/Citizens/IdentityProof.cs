namespace MyData.Core.Citizens;

/// <summary>One accepted proof of identity: which method, whose, how strong. Made only after the method's own check held.</summary>
public sealed record IdentityProof
{
    public required IdentityMethod Method { get; init; }

    public required AssuranceLevel Level { get; init; }

    /// <summary>The person, by number; null only where <see cref="CitizenId"/> says it.</summary>
    public NationalId? Id { get; init; }

    /// <summary>The person, by account: a passkey knows no number.</summary>
    public Guid? CitizenId { get; init; }

    public string? Name { get; init; }
    public DateOnly? Birthdate { get; init; }
    public string? Gender { get; init; }

    public override string ToString() => $"{Method} {Level}";
}

/// <summary>From where a sign-in comes, without an address in clear.</summary>
/// <param name="Device">What she would recognise it by, such as "Chrome, Windows".</param>
/// <param name="Network">Keyed pseudonym of the network (IPv4 address or IPv6 /64).</param>
public sealed record SignInOrigin(string Device, string Network)
{
    /// <summary>Who has signed in on this device before; anybody else is told that a new device did.</summary>
    public Guid? KnownTo { get; init; }
}
