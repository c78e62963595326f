using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;

namespace MyData.Core.Citizens;

/// <summary>One proof meeting one check, inside one write. The refusals stand first, in the order in which they are tried.</summary>
internal sealed class ProofStep(
    IdentityCheck read,
    Citizen? known,
    IdentityProof proof,
    SignInOrigin origin,
    SecretToken token,
    INotices notices
)
{
    private static readonly PerModel<Func<MyDataDb, Guid, IdentityCheck>> CheckById = new(() =>
        EF.CompileQuery((MyDataDb db, Guid id) => db.Set<IdentityCheck>().Single(c => c.Id == id))
    );
    private static readonly PerModel<Func<MyDataDb, string, Citizen?>> ByPseudonym = new(() =>
        EF.CompileQuery((MyDataDb db, string name) => db.Set<Citizen>().SingleOrDefault(c => c.Pseudonym == name))
    );

    public required string? Pseudonym { get; init; }
    public required byte[]? Facts { get; init; }
    public required byte[]? Renewed { get; init; }

    /// <summary>Null: look the person up again.</summary>
    public CheckResult? Run(WriteScope scope, Sessions sessions)
    {
        var check = CheckById.For(scope.Db)(scope.Db, read.Id);
        if (check.State != read.State || check.FirstMethod != read.FirstMethod || scope.Now >= check.ExpiresAt)
            return Refused(scope, check, IdentityChecks.Gone);
        var citizen = Pseudonym is null
            ? scope.Db.Set<Citizen>().SingleOrDefault(c => c.Id == proof.CitizenId)
            : ByPseudonym.For(scope.Db)(scope.Db, Pseudonym);
        if (citizen?.Id != known?.Id)
            return null;
        if (check.CitizenId is { } expected && expected != citizen?.Id)
            return OtherPerson(scope, check, expected, citizen);
        // A passkey proves a return, never a first use: where she was verified elsewhere since, it signs her in.
        if (check.State == IdentityCheckState.Step1 && Pseudonym is not null)
            return Second(scope, check, citizen!);
        if (citizen?.VerifiedAt is null)
            return Pseudonym is null
                ? Refused(scope, check, IdentityChecks.NoAccount)
                : First(scope, check, citizen ?? Add(scope));
        if (proof.Level < check.Wanted)
            return Refused(scope, check, IdentityChecks.LevelTooLow, citizen.Id);
        return SignIn(scope, check, citizen, sessions);
    }

    private CheckResult First(WriteScope scope, IdentityCheck check, Citizen citizen)
    {
        check.State = IdentityCheckState.Step1;
        check.CitizenId = citizen.Id;
        check.FirstMethod = proof.Method.Code;
        check.Level = proof.Level;
        check.Facts = Facts;
        scope.Raise(Happened(EventKinds.SignInStarted, citizen.Id));
        return new(check.State, "ok", check.Back);
    }

    private CheckResult Second(WriteScope scope, IdentityCheck check, Citizen citizen)
    {
        if (IdentityMethod.Parse(check.FirstMethod!).Class == proof.Method.Class)
            return Refused(scope, check, IdentityChecks.SameMethod, citizen.Id);
        check.State = IdentityCheckState.Step2;
        check.SecondMethod = proof.Method.Code;
        check.Level = (AssuranceLevel)Math.Max((int)check.Level, (int)proof.Level);
        check.Facts = Facts;
        scope.Raise(Happened(EventKinds.SignInStarted, citizen.Id));
        return new(check.State, "ok", check.Back);
    }

    private CheckResult SignIn(WriteScope scope, IdentityCheck check, Citizen citizen, Sessions sessions)
    {
        var by = new SignedInBy([proof.Method.Code], proof.Level);
        if (check.SessionId is { } sessionId)
        {
            var old = scope.Db.Set<Session>().Single(s => s.Id == sessionId);
            if (!sessions.IsLive(old))
                return Refused(scope, check, IdentityChecks.SessionGone, citizen.Id);
            by = new(
                [.. old.Methods.Split(' ').Union([proof.Method.Code])],
                (AssuranceLevel)Math.Max((int)old.Level, (int)proof.Level)
            );
            Sessions.End(scope, s => s.Id == sessionId, SessionEnds.Replaced);
        }
        check.State = IdentityCheckState.Verified;
        check.CitizenId = citizen.Id;
        check.FirstMethod = proof.Method.Code;
        check.Level = proof.Level;
        check.Facts = null;
        citizen.Identity = Renewed ?? citizen.Identity;
        sessions.Begin(scope, token, citizen.Id, by, origin);
        return new(check.State, "ok", check.Back, token.Value) { CitizenId = citizen.Id };
    }

    // Both are told: the one whose check it was, and the one whose proof turned up in it.
    private CheckResult OtherPerson(WriteScope scope, IdentityCheck check, Guid expected, Citizen? other)
    {
        check.State = IdentityCheckState.Refused;
        check.Facts = null;
        other ??= Pseudonym is null ? null : Add(scope);
        foreach (var told in new[] { expected, other?.Id }.OfType<Guid>())
        {
            scope.Raise(Happened(EventKinds.SignInRefused, told, IdentityChecks.OtherPerson));
            notices.Queue(scope, told, NoticeKinds.SignInRefusedOtherPerson, new { when = scope.Now });
        }
        return new(check.State, IdentityChecks.OtherPerson, check.Back);
    }

    private CheckResult Refused(WriteScope scope, IdentityCheck check, string code, Guid? citizenId = null)
    {
        scope.Raise(Happened(EventKinds.SignInRefused, citizenId ?? known?.Id, code));
        return new(check.State, code, check.Back);
    }

    // The account is made by the first proof, so that what happens before the second is in her history; it opens nothing.
    private Citizen Add(WriteScope scope)
    {
        var citizen = new Citizen { Pseudonym = Pseudonym!, CreatedAt = scope.Now };
        scope.Db.Add(citizen);
        return citizen;
    }

    private Event Happened(string kind, Guid? citizenId, string code = "ok") =>
        new()
        {
            Kind = kind,
            CitizenId = citizenId,
            Actor = code == "ok" ? "citizen" : "unknown",
            Code = code,
            Details = SignInDetails.Json(proof.Method.Code, proof.Level, origin),
        };
}
