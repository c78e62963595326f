using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;

namespace MyData.Core.Citizens;

/// <summary>What a browser asks for when it begins to sign in.</summary>
public sealed record StartCheck
{
    /// <summary>Where to go afterwards: a path of this portal.</summary>
    public required string Back { get; init; }

    /// <summary>The level asked for; None: any.</summary>
    public AssuranceLevel Wanted { get; init; }

    /// <summary>Who is signed in already, and asks for a higher level; the proof must then be hers.</summary>
    public SessionInfo? Session { get; init; }
}

/// <summary>A running sign-in, as its pages see it.</summary>
public sealed record CheckView(
    Guid Id,
    IdentityCheckState State,
    AssuranceLevel Wanted,
    string Back,
    IdentityMethod? First,
    Guid? CitizenId
);

/// <summary>What a proof led to.</summary>
/// <param name="Code"><c>ok</c>, or the code of the refusal.</param>
/// <param name="SessionCookie">The cookie of the new session, when one was given.</param>
public sealed record CheckResult(IdentityCheckState State, string Code, string Back, string? SessionCookie = null)
{
    /// <summary>Whose session was given.</summary>
    public Guid? CitizenId { get; init; }

    public bool IsRefused => Code != "ok";
}

/// <summary>
/// The first-use check on the server, and every later sign-in. A proof is taken only by the check that its browser holds,
/// and moves it by one state; each move is a conditional update, so that of two at once one is refused.
/// </summary>
public sealed class IdentityChecks(
    IDbContextFactory<MyDataDb> dbs,
    IWriter writer,
    CitizenAccounts accounts,
    Sessions sessions,
    PersonalDataVault vault,
    TimeProvider time,
    CitizenSettings settings,
    INotices notices
)
{
    private readonly Func<MyDataDb, string, CancellationToken, Task<IdentityCheck?>> _byToken = EF.CompileAsyncQuery(
        (MyDataDb db, string hash, CancellationToken _) =>
            db.Set<IdentityCheck>().FirstOrDefault(c => c.TokenHash == hash)
    );

    public const string Gone = "signin.check_gone";
    public const string SameMethod = "signin.same_method";
    public const string OtherPerson = "signin.other_person";
    public const string LevelTooLow = "signin.level_too_low";
    public const string NoAccount = "signin.no_account";
    public const string SessionGone = "signin.session_gone";
    public const string Incomplete = "signin.identity_incomplete";

    /// <summary>Begins a check, or goes on with the one of this browser, and returns the cookie value that it is bound to.</summary>
    public async Task<string> BeginAsync(
        string? cookie,
        StartCheck start,
        CancellationToken cancellationToken = default
    )
    {
        var running = await LoadAsync(cookie, cancellationToken);
        if (running is { State: < IdentityCheckState.Step2 } && running.SessionId == start.Session?.Id)
        {
            if (running.Back != start.Back || running.Wanted != start.Wanted)
                await RedirectAsync(running.Id, start, cancellationToken);
            return cookie!;
        }
        var token = SecretToken.New();
        await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                scope.Db.Add(
                    new IdentityCheck
                    {
                        TokenHash = token.Hash,
                        ExpiresAt = scope.Now + settings.CheckLife,
                        Back = start.Back,
                        Wanted = start.Wanted,
                        CitizenId = start.Session?.CitizenId,
                        SessionId = start.Session?.Id,
                    }
                );
            },
            cancellationToken
        );
        return token.Value;
    }

    /// <summary>Gives a check up; its cookie is worth nothing afterwards.</summary>
    public async Task AbandonAsync(string? cookie, CancellationToken cancellationToken = default)
    {
        if (await LoadAsync(cookie, cancellationToken) is not { } check)
            return;
        await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                scope
                    .Db.Set<IdentityCheck>()
                    .Where(c => c.Id == check.Id && c.State < IdentityCheckState.Verified)
                    .ExecuteDelete();
            },
            cancellationToken
        );
    }

    /// <summary>Records a proof that its method refused; where the number has an account, she is told.</summary>
    public async Task RefusedAsync(
        IdentityMethod method,
        NationalId? id,
        string code,
        SignInOrigin origin,
        CancellationToken cancellationToken = default
    )
    {
        var citizen = id is null ? null : await accounts.FindAsync(id, cancellationToken);
        await RefusedAsync(method, citizen?.Id, code, origin, cancellationToken);
    }

    /// <summary>The same, where the account is known, or nobody's.</summary>
    public Task RefusedAsync(
        IdentityMethod method,
        Guid? citizenId,
        string code,
        SignInOrigin origin,
        CancellationToken cancellationToken = default
    ) =>
        writer.WriteAsync(
            scope =>
                scope.Raise(
                    new Event
                    {
                        Kind = EventKinds.SignInRefused,
                        CitizenId = citizenId,
                        Actor = "unknown",
                        Code = code,
                        Details = SignInDetails.Json(method.Code, AssuranceLevel.None, origin),
                    }
                ),
            cancellationToken
        );

    /// <summary>The running check of this cookie; null where there is none, it has ended or run out.</summary>
    public async Task<CheckView?> FindAsync(string? cookie, CancellationToken cancellationToken = default) =>
        await LoadAsync(cookie, cancellationToken) is { } check
            ? new(
                check.Id,
                check.State,
                check.Wanted,
                check.Back,
                check.FirstMethod is { } first ? IdentityMethod.Parse(first) : null,
                check.CitizenId
            )
            : null;

    /// <summary>Takes one accepted proof, and moves the check on.</summary>
    public async Task<CheckResult> ProveAsync(
        string? cookie,
        IdentityProof proof,
        SignInOrigin origin,
        CancellationToken cancellationToken = default
    )
    {
        while (true)
        {
            var check = await LoadAsync(cookie, cancellationToken);
            if (check is null or { State: not (IdentityCheckState.Unverified or IdentityCheckState.Step1) })
                return new(IdentityCheckState.Refused, Gone, "/");
            var citizen = proof.Id is { } id
                ? await accounts.FindAsync(id, cancellationToken)
                : await accounts.FindAsync(proof.CitizenId!.Value, cancellationToken);
            var step = new ProofStep(check, citizen, proof, origin, SecretToken.New(), notices)
            {
                Pseudonym = proof.Id is { } number ? accounts.Pseudonym(number) : null,
                Facts = proof.Id is null ? null : Facts(check, proof),
                Renewed = Renewed(citizen, proof),
            };
            // Null: the person's account was made by another sign-in since it was looked up; look again.
            if (await writer.WriteAsync(scope => step.Run(scope, sessions), cancellationToken) is { } result)
                return result;
        }
    }

    /// <summary>Completes a first use: the account is hers, and a session is given.</summary>
    /// <param name="cookie">The check's.</param>
    /// <param name="language">The language that she reads: mail to her comes in it until she says otherwise.</param>
    /// <param name="origin">From where.</param>
    /// <param name="cancellationToken">Ends the waiting, not the write.</param>
    public async Task<CheckResult> ConfirmAsync(
        string? cookie,
        string language,
        SignInOrigin origin,
        CancellationToken cancellationToken = default
    )
    {
        var check = await LoadAsync(cookie, cancellationToken);
        if (check is not { State: IdentityCheckState.Step2, CitizenId: { } citizenId })
            return new(IdentityCheckState.Refused, Gone, "/");
        if (IdentityOf(check) is not { } identity)
            return new(IdentityCheckState.Refused, Incomplete, check.Back);
        var sealedIdentity = accounts.Seal(identity, citizenId);
        var token = SecretToken.New();
        return await writer.WriteAsync(
            scope =>
            {
                var row = scope.Db.Set<IdentityCheck>().Single(c => c.Id == check.Id);
                if (row.State != IdentityCheckState.Step2)
                    return new CheckResult(IdentityCheckState.Refused, Gone, "/");
                var citizen = scope.Db.Set<Citizen>().SingleOrDefault(c => c.Id == citizenId);
                if (citizen is null)
                    return new CheckResult(IdentityCheckState.Refused, Gone, "/");
                row.State = IdentityCheckState.Verified;
                row.Facts = null;
                citizen.Identity = sealedIdentity;
                citizen.Language = citizen.VerifiedAt is null ? language : citizen.Language;
                citizen.VerifiedAt ??= scope.Now;
                var by = new SignedInBy([row.FirstMethod!, row.SecondMethod!], row.Level, IsFirstUse: true);
                scope.Raise(
                    new Event
                    {
                        Kind = EventKinds.IdentityVerified,
                        CitizenId = citizenId,
                        Actor = "citizen",
                        Details = SignInDetails.Json(string.Join(' ', by.Methods), by.Level, origin),
                    }
                );
                sessions.Begin(scope, token, citizenId, by, origin);
                return new CheckResult(row.State, "ok", row.Back, token.Value) { CitizenId = citizenId };
            },
            cancellationToken
        );
    }

    /// <summary>Whom the proofs of this check name; null before both are there.</summary>
    public async Task<CitizenIdentity?> IdentityAsync(string? cookie, CancellationToken cancellationToken = default) =>
        await LoadAsync(cookie, cancellationToken) is { State: IdentityCheckState.Step2 } check
            ? IdentityOf(check)
            : null;

    private Task RedirectAsync(Guid checkId, StartCheck start, CancellationToken cancellationToken) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                scope
                    .Db.Set<IdentityCheck>()
                    .Where(c => c.Id == checkId)
                    .ExecuteUpdate(set =>
                        set.SetProperty(c => c.Back, start.Back).SetProperty(c => c.Wanted, start.Wanted)
                    );
            },
            cancellationToken
        );

    private async Task<IdentityCheck?> LoadAsync(string? cookie, CancellationToken cancellationToken)
    {
        if (!SecretToken.TryParse(cookie, out var token))
            return null;
        await using var db = await dbs.CreateDbContextAsync(cancellationToken);
        var check = await _byToken(db, token.Hash, cancellationToken);
        return check is { State: < IdentityCheckState.Verified } && time.GetUtcNow() < check.ExpiresAt ? check : null;
    }

    private byte[] Facts(IdentityCheck check, IdentityProof proof)
    {
        var facts = check.Facts is { } known
            ? IdentityFacts.Parse(vault.Open(known, IdentityCheck.FactsPurpose, check.Id))
            : new IdentityFacts(proof.Id!.Value, null, null, null);
        return vault.Seal(facts.With(proof).ToJson(), IdentityCheck.FactsPurpose, check.Id);
    }

    private CitizenIdentity? IdentityOf(IdentityCheck check) =>
        IdentityFacts.Parse(vault.Open(check.Facts!, IdentityCheck.FactsPurpose, check.Id)).Complete();

    // A name changes by marriage or at the household office; the identity provider hears of it first.
    private byte[]? Renewed(Citizen? citizen, IdentityProof proof)
    {
        if (citizen is not { Identity: { } } || proof.Name is null)
            return null;
        var known = accounts.Identity(citizen);
        var renewed = IdentityFacts.Of(known).With(proof).Complete()!;
        return renewed == known ? null : accounts.Seal(renewed, citizen.Id);
    }
}
