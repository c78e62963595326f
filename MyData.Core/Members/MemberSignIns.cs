using Microsoft.EntityFrameworkCore;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;
using MyData.Core.OpenId;
using MyData.Core.Services;

namespace MyData.Core.Members;

/// <summary>Whoever is signed in at the browser that came with a request.</summary>
/// <param name="Methods">of the sign-in, separated by spaces</param>
/// <param name="SignedInAt">to the millisecond: what was before a request is not after it</param>
public sealed record MemberVisitor(
    Guid CitizenId,
    Guid SessionId,
    AssuranceLevel Level,
    string Methods,
    DateTimeOffset SignedInAt
);

/// <summary>What is still wanted before a service can be told who she is, in the order in which it is asked for.</summary>
public enum MemberNeed
{
    /// <summary>The service is suspended: it is told of nobody.</summary>
    Suspended,

    /// <summary>Nobody is signed in.</summary>
    SignIn,

    /// <summary>Another person is signed in than the service expects.</summary>
    OtherPerson,

    /// <summary>She signed in too long ago.</summary>
    Anew,

    /// <summary>She proved less than the service needs.</summary>
    Level,

    /// <summary>A claim that the service needs is not known of her.</summary>
    Value,

    /// <summary>She has not agreed, or is to be asked again.</summary>
    Consent,

    /// <summary>She agreed before: she only goes on.</summary>
    Nothing,
}

/// <summary>Her answer to what the page showed.</summary>
public sealed record MemberAnswer
{
    public required MemberView View { get; init; }
    public required MemberVisitor Visitor { get; init; }

    /// <summary>The claims that she gives, now that she was asked; null: as she agreed before.</summary>
    public IReadOnlyList<string>? Given { get; init; }

    /// <summary>SHA-256 of the words that stood on the page.</summary>
    public string? Statement { get; init; }
}

/// <summary>
/// Signing in at a service: what is wanted, and the one write in which she agrees, it is remembered, and the code is made.
/// </summary>
public sealed class MemberSignIns(
    MemberValues values,
    IdTokens tokens,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    PersonalDataVault vault,
    INotices notices,
    ServiceSettings settings,
    TimeProvider time
)
{
    // Codes of other requests have no dot.
    private const string Mark = "m.";

    /// <summary>Whether a code, or what looks like one, is of a sign-in.</summary>
    public static bool IsSignIn(string code) => code.StartsWith(Mark, StringComparison.Ordinal);

    /// <summary>What is still wanted.</summary>
    public async Task<MemberNeed> NeedAsync(MemberView view, MemberVisitor? visitor, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        if (OverdueDeletions.IsSuspended(db, view.Service.Id, time.GetUtcNow()))
            return MemberNeed.Suspended;
        if (visitor is null)
            return MemberNeed.SignIn;
        if (view.Content.Subject is { } wanted && tokens.Subject(visitor.CitizenId, view.Service.Id) != wanted)
            return MemberNeed.OtherPerson;
        // Who signed in for this request has; anybody else is measured now, and not when it was pushed (Core §3.1.2.1).
        if (
            view.Content.MaxAge is { } age
            && visitor.SignedInAt < view.Request.CreatedAt
            && visitor.SignedInAt + age < time.GetUtcNow()
        )
            return MemberNeed.Anew;
        if (visitor.Level < view.Content.Level)
            return MemberNeed.Level;
        var known = await values.OfAsync(visitor.CitizenId, token);
        if (view.Asked.Any(claim => claim.Required && !known.ContainsKey(claim.Name)))
            return MemberNeed.Value;
        var membership = await db.Set<Membership>()
            .FirstOrDefaultAsync(m => m.CitizenId == visitor.CitizenId && m.ServiceId == view.Service.Id, token);
        return !view.Content.AsksAgain && membership is not null && membership.Covers(view)
            ? MemberNeed.Nothing
            : MemberNeed.Consent;
    }

    /// <summary>Why she is led back without signing in, and how OpenID Connect words it (Core §3.1.2.6).</summary>
    /// <param name="need">what is still wanted</param>
    /// <param name="silent">no page was shown, and nobody asked; otherwise she said no</param>
    public static (string Code, string Error) Refusal(MemberNeed need, bool silent) =>
        (need, silent) switch
        {
            // As RFC 6749 §4.1.2.1 words it.
            (MemberNeed.Suspended, _) => (ServiceCodes.Suspended, "unauthorized_client"),
            (MemberNeed.OtherPerson, _) => (MemberCodes.OtherPerson, "login_required"),
            (MemberNeed.Level, true) => (MemberCodes.TooLow, "login_required"),
            // OpenID Connect Core Error Code unmet_authentication_requirements; RFC 9470 §5.
            (MemberNeed.Level, false) => (MemberCodes.TooLow, "unmet_authentication_requirements"),
            (MemberNeed.SignIn or MemberNeed.Anew, true) => (MemberCodes.NotSignedIn, "login_required"),
            (MemberNeed.Value, true) => (MemberCodes.Lacking, "interaction_required"),
            (MemberNeed.Value, false) => (MemberCodes.Lacking, "access_denied"),
            (MemberNeed.Consent, true) => (MemberCodes.NotAgreed, "consent_required"),
            // It changed while it was looked at, and changed back: a page would have asked her.
            (MemberNeed.Nothing, true) => (MemberCodes.NotAgreed, "interaction_required"),
            _ => (MemberCodes.Declined, "access_denied"),
        };

    /// <summary>She signs in there. The same answer sent twice is one sign-in, and gives the same code.</summary>
    /// <returns>the code</returns>
    /// <exception cref="ServiceException">service.over, service.suspended; nothing was stored.</exception>
    public async Task<string> SignInAsync(MemberAnswer answer, CancellationToken token = default)
    {
        // Made of the request and her: whoever clicks twice is led back with the same code, and only its hash is kept.
        var code = Mark + vault.Pseudonym($"{answer.View.Request.Id:N}:{answer.Visitor.CitizenId:N}", "member-code");
        var hash = TransferTokens.HashOf(code);
        var done = await writer.WriteAsync(scope => SignIn(scope, answer, hash), token);
        return done ? code : throw new ServiceException(ServiceCodes.Over);
    }

    private bool SignIn(WriteScope scope, MemberAnswer answer, string codeHash)
    {
        scope.Bookkeeping();
        var (view, visitor) = (answer.View, answer.Visitor);
        OverdueDeletions.Demand(scope, view.Service.Id);
        var membership = scope
            .Db.Set<Membership>()
            .FirstOrDefault(m => m.CitizenId == visitor.CitizenId && m.ServiceId == view.Service.Id);
        // She may have ended it in another tab meanwhile.
        if (answer.Given is null && (membership is null || !membership.Covers(view)))
            return IsAgain(scope, view.Request.Id, visitor.CitizenId, codeHash);
        var all = (answer.Given ?? membership!.Claims.Split(' ')).ToHashSet(StringComparer.Ordinal);
        var given = view.Asked.Select(claim => claim.Name).Where(all.Contains);
        if (!Take(scope, answer, string.Join(' ', given), codeHash))
            return IsAgain(scope, view.Request.Id, visitor.CitizenId, codeHash);
        if (answer.Given is not null)
            membership = Agree(scope, answer, membership);
        membership!.LastUsedAt = scope.Now;
        scope.Raise(
            MemberEvents.Happened(
                EventKinds.MemberSignedIn,
                MemberEvents.Citizen,
                visitor.CitizenId,
                view.Service.Id,
                session: visitor.SessionId,
                claims: string.Join(' ', given),
                by: (visitor.Level, visitor.Methods)
            )
        );
        return true;
    }

    /// <summary>Opened → SignedIn: a single conditional update.</summary>
    private bool Take(WriteScope scope, MemberAnswer answer, string claims, string codeHash)
    {
        var (id, visitor) = (answer.View.Request.Id, answer.Visitor);
        return scope
                .Db.Set<MemberRequest>()
                .Where(r => r.Id == id && (r.CitizenId == null || r.CitizenId == visitor.CitizenId))
                .Where(r => r.State == MemberState.Opened && r.ExpiresAt > scope.Now)
                .ExecuteUpdate(set =>
                    set.SetProperty(r => r.State, MemberState.SignedIn)
                        .SetProperty(r => r.CitizenId, visitor.CitizenId)
                        .SetProperty(r => r.Level, visitor.Level)
                        .SetProperty(r => r.Methods, visitor.Methods)
                        .SetProperty(r => r.AuthTime, (DateTimeOffset?)visitor.SignedInAt)
                        .SetProperty(r => r.Claims, claims)
                        .SetProperty(r => r.CodeHash, codeHash)
                        .SetProperty(r => r.ExpiresAt, scope.Now + settings.CodeLife)
                ) == 1;
    }

    private static bool IsAgain(WriteScope scope, Guid id, Guid citizenId, string codeHash) =>
        scope
            .Db.Set<MemberRequest>()
            .Any(r =>
                r.Id == id && r.CitizenId == citizenId && r.State == MemberState.SignedIn && r.CodeHash == codeHash
            );

    private Membership Agree(WriteScope scope, MemberAnswer answer, Membership? before)
    {
        var (view, visitor) = (answer.View, answer.Visitor);
        var first = before is not { EndedAt: null };
        var names = view.Asked.Select(claim => claim.Name).ToList();
        // What this request did not ask for stays as she decided on it.
        IEnumerable<string> Kept(string? old) =>
            first ? [] : old!.Split(' ', StringSplitOptions.RemoveEmptyEntries).Except(names);
        var claims = string.Join(' ', Kept(before?.Claims).Concat(names.Intersect(answer.Given!)));
        var asked = string.Join(' ', Kept(before?.Asked).Concat(names));
        var membership = before;
        if (membership is null)
        {
            membership = new Membership
            {
                Id = Ids.New(),
                CitizenId = visitor.CitizenId,
                ServiceId = view.Service.Id,
                Claims = claims,
                Asked = asked,
                TermsVersion = view.Service.TermsVersion,
                GivenAt = scope.Now,
            };
            scope.Db.Add(membership);
        }
        else
        {
            (membership.Claims, membership.Asked) = (claims, asked);
            (membership.TermsVersion, membership.GivenAt) = (view.Service.TermsVersion, scope.Now);
            membership.EndedAt = null;
        }
        scope.Raise(
            MemberEvents.Happened(
                EventKinds.MemberAgreed,
                MemberEvents.Citizen,
                visitor.CitizenId,
                view.Service.Id,
                session: visitor.SessionId,
                claims: string.Join(' ', names.Intersect(answer.Given!)),
                statement: answer.Statement
            )
        );
        if (first)
            notices.Queue(
                scope,
                visitor.CitizenId,
                NoticeKinds.MemberFirst,
                new { when = scope.Now, service = view.Service.Name }
            );
        return membership;
    }
}
