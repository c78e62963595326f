using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;

namespace MyData.Core.Citizens;

/// <summary>How she may be reached.</summary>
/// <param name="Verified">Whether she has shown that the mail box is hers; only then mail goes out.</param>
/// <param name="Notices">Whether any notice may be mailed.</param>
public sealed record CitizenContact(string? Email, bool Verified, string Language, bool Notices)
{
    /// <summary>The kinds of notice that she switched off.</summary>
    public required IReadOnlySet<string> Muted { get; init; }

    public override string ToString() => Language;
}

/// <summary>Accounts: who a citizen is, and how she is reached.</summary>
public sealed class CitizenAccounts(IDbContextFactory<MyDataDb> dbs, PersonalDataVault vault)
{
    // Not followed: a write that only asks must not look as if it had changed something.
    private static readonly PerModel<Func<MyDataDb, string, Citizen?>> ByPseudonym = new(() =>
        EF.CompileQuery(
            (MyDataDb db, string pseudonym) =>
                db.Set<Citizen>().AsNoTracking().FirstOrDefault(c => c.Pseudonym == pseudonym)
        )
    );

    private static readonly PerModel<Func<MyDataDb, Guid, Citizen?>> ById = new(() =>
        EF.CompileQuery(
            (MyDataDb db, Guid citizenId) => db.Set<Citizen>().AsNoTracking().FirstOrDefault(c => c.Id == citizenId)
        )
    );

    private readonly Func<MyDataDb, Guid, CancellationToken, Task<Citizen?>> _byId = EF.CompileAsyncQuery(
        (MyDataDb db, Guid citizenId, CancellationToken _) => db.Set<Citizen>().FirstOrDefault(c => c.Id == citizenId)
    );

    private readonly Func<MyDataDb, string, CancellationToken, Task<Citizen?>> _byPseudonym = EF.CompileAsyncQuery(
        (MyDataDb db, string pseudonym, CancellationToken _) =>
            db.Set<Citizen>().FirstOrDefault(c => c.Pseudonym == pseudonym)
    );

    /// <summary>Who this is, in clear.</summary>
    /// <exception cref="InvalidOperationException">No such account, or its first use is not complete.</exception>
    public async Task<CitizenIdentity> IdentityAsync(Guid citizenId, CancellationToken cancellationToken = default) =>
        await FindIdentityAsync(citizenId, cancellationToken)
        ?? throw new InvalidOperationException("There is no such account.");

    /// <summary>Who this is, in clear; null where the account is closed, or its first use not complete.</summary>
    public async Task<CitizenIdentity?> FindIdentityAsync(
        Guid citizenId,
        CancellationToken cancellationToken = default
    ) => await FindAsync(citizenId, cancellationToken) is { Identity: { } } citizen ? Identity(citizen) : null;

    /// <inheritdoc cref="CitizenContact"/>
    /// <exception cref="InvalidOperationException">No such account.</exception>
    public async Task<CitizenContact> ContactAsync(Guid citizenId, CancellationToken cancellationToken = default)
    {
        var citizen =
            await FindAsync(citizenId, cancellationToken)
            ?? throw new InvalidOperationException("There is no such account.");
        var muted = citizen.MutedNotices.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToHashSet();
        var email = citizen.Email is { } sealedEmail ? vault.Open(sealedEmail, Citizen.EmailPurpose, citizen.Id) : null;
        var verified = email is not null && citizen.EmailVerifiedAt is not null;
        return new(email, verified, citizen.Language, Notices: !muted.Contains(AllNotices)) { Muted = muted };
    }

    /// <summary>Whether there is such an account, its first use complete.</summary>
    public async Task<bool> ExistsAsync(Guid citizenId, CancellationToken cancellationToken = default) =>
        await FindAsync(citizenId, cancellationToken) is { VerifiedAt: not null };

    /// <summary>Whether this account is of the person with this number.</summary>
    public async Task<bool> IsOfAsync(Guid citizenId, NationalId id, CancellationToken cancellationToken = default) =>
        await FindAsync(id, cancellationToken) is { } citizen && citizen.Id == citizenId;

    /// <summary>Whose number and birthday these are: both, or nobody's. The same work for a number that is nobody's.</summary>
    public async Task<Guid?> MatchAsync(NationalId id, DateOnly birthday, CancellationToken cancellationToken = default)
    {
        var citizen = await FindAsync(id, cancellationToken);
        if (citizen is not { Identity: { }, VerifiedAt: not null })
        {
            var nobody = Guid.Empty;
            IdentityFacts.Parse(
                vault.Open(vault.Seal(NobodysFacts, Citizen.IdentityPurpose, nobody), Citizen.IdentityPurpose, nobody)
            );
            return null;
        }
        return Identity(citizen).Birthdate == birthday ? citizen.Id : null;
    }

    private static readonly string NobodysFacts = new IdentityFacts("", "", default(DateOnly), null).ToJson();

    /// <summary>The entry of <see cref="CitizenContact.Muted"/> that stands for every kind.</summary>
    public const string AllNotices = "all";

    /// <summary>How the database names a person.</summary>
    public string PseudonymOf(NationalId id) => Pseudonym(id);

    /// <summary>The account of this pseudonym, inside a write.</summary>
    internal static Guid? IdOf(MyDataDb db, string pseudonym) => ByPseudonym.For(db)(db, pseudonym)?.Id;

    /// <summary>Whose account this is, inside a write; null where it is closed.</summary>
    internal static string? PseudonymOf(MyDataDb db, Guid citizenId) => ById.For(db)(db, citizenId)?.Pseudonym;

    /// <summary>Which of these have an account.</summary>
    internal static async Task<IReadOnlyList<Guid>> AmongAsync(
        MyDataDb db,
        IReadOnlyCollection<Guid> ids,
        CancellationToken token
    ) => await db.Set<Citizen>().Where(c => ids.Contains(c.Id)).Select(c => c.Id).ToListAsync(token);

    internal string Pseudonym(NationalId id) => vault.Pseudonym(id.Value, "citizen");

    internal async Task<Citizen?> FindAsync(Guid citizenId, CancellationToken cancellationToken)
    {
        await using var db = await dbs.CreateDbContextAsync(cancellationToken);
        return await _byId(db, citizenId, cancellationToken);
    }

    internal async Task<Citizen?> FindAsync(NationalId id, CancellationToken cancellationToken)
    {
        var pseudonym = Pseudonym(id);
        await using var db = await dbs.CreateDbContextAsync(cancellationToken);
        return await _byPseudonym(db, pseudonym, cancellationToken);
    }

    internal CitizenIdentity Identity(Citizen citizen) =>
        IdentityFacts.Parse(vault.Open(citizen.Identity!, Citizen.IdentityPurpose, citizen.Id)).Complete()
        ?? throw new InvalidOperationException("The account's identity is not complete.");

    internal byte[] Seal(CitizenIdentity identity, Guid citizenId) =>
        vault.Seal(IdentityFacts.Of(identity).ToJson(), Citizen.IdentityPurpose, citizenId);
}
