using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;

namespace MyData.Core.Citizens;

/// <summary>What became of a code.</summary>
public enum ContactAnswer
{
    Verified,

    /// <summary>Another code; some tries are left.</summary>
    Wrong,

    /// <summary>None was sent, it has run out, or its tries are used up.</summary>
    Gone,
}

/// <summary>
/// How she may be reached, and about what. A new address counts only when the code that was mailed to it came back; until
/// then the old one stays.
/// </summary>
public sealed class CitizenContacts(
    IDbContextFactory<MyDataDb> dbs,
    IWriter writer,
    CitizenAccounts accounts,
    PersonalDataVault vault,
    INotices notices,
    SignInLimits limits
)
{
    public const int CodeLength = 6;

    /// <summary>Codes that are mailed at once; then ever more slowly, and one of them is forgotten each half hour.</summary>
    public const int CodesAtOnce = 3;

    /// <summary>Tries for one code.</summary>
    public const int Tries = 5;
    private static readonly TimeSpan CodeLife = TimeSpan.FromMinutes(10);

    /// <summary>Mails a code to the address. Null: done; else how long to wait, because too many were sent.</summary>
    public async Task<TimeSpan?> SendCodeAsync(Guid citizenId, EmailAddress email, CancellationToken token = default)
    {
        if (await limits.TakeAsync(Sending(citizenId), token) is { } wait)
            return wait;
        var digits = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        var code = notices.Seal(citizenId, digits);
        var to = notices.Seal(citizenId, email.Value);
        var sealedEmail = vault.Seal(email.Value, Citizen.EmailPurpose, citizenId);
        var hash = Hash(citizenId, digits);
        await writer.WriteAsync(
            scope =>
            {
                scope.Db.Set<ContactCode>().Where(c => c.CitizenId == citizenId).ExecuteDelete();
                scope.Db.Add(
                    new ContactCode
                    {
                        CitizenId = citizenId,
                        Email = sealedEmail,
                        CodeHash = hash,
                        ExpiresAt = scope.Now + CodeLife,
                        TriesLeft = Tries,
                    }
                );
                var minutes = (int)CodeLife.TotalMinutes;
                notices.Queue(
                    scope,
                    citizenId,
                    NoticeKinds.ContactVerificationCode,
                    new
                    {
                        code,
                        to,
                        minutes,
                    }
                );
            },
            token
        );
        return null;
    }

    /// <summary>The address that waits for its code; null where there is none.</summary>
    public async Task<string?> WaitingAsync(Guid citizenId, CancellationToken cancellationToken = default)
    {
        await using var db = await dbs.CreateDbContextAsync(cancellationToken);
        var waiting = await db.Set<ContactCode>().FirstOrDefaultAsync(c => c.CitizenId == citizenId, cancellationToken);
        return waiting is null ? null : vault.Open(waiting.Email, Citizen.EmailPurpose, citizenId);
    }

    /// <summary>Takes the code that came back.</summary>
    public async Task<ContactAnswer> VerifyAsync(
        Guid citizenId,
        Guid sessionId,
        string code,
        CancellationToken cancellationToken = default
    )
    {
        var hash = Hash(citizenId, code);
        var old = await accounts.ContactAsync(citizenId, cancellationToken);
        var to = old is { Verified: true, Email: { } address } ? notices.Seal(citizenId, address) : null;
        return await writer.WriteAsync(
            scope =>
            {
                var waiting = scope.Db.Set<ContactCode>().SingleOrDefault(c => c.CitizenId == citizenId);
                if (waiting is null || scope.Now >= waiting.ExpiresAt || waiting.TriesLeft == 0)
                    return ContactAnswer.Gone;
                if (waiting.CodeHash != hash)
                {
                    scope.Bookkeeping();
                    waiting.TriesLeft--;
                    return waiting.TriesLeft > 0 ? ContactAnswer.Wrong : ContactAnswer.Gone;
                }
                var citizen = scope.Db.Set<Citizen>().Single(c => c.Id == citizenId);
                citizen.Email = waiting.Email;
                citizen.EmailVerifiedAt = scope.Now;
                scope.Db.Remove(waiting);
                scope.Raise(Happened(EventKinds.ContactVerified, citizenId, sessionId));
                Tell(scope, citizenId, to);
                return ContactAnswer.Verified;
            },
            cancellationToken
        );
    }

    /// <summary>Takes her address out, and one that waits for its code.</summary>
    public async Task RemoveAsync(Guid citizenId, Guid sessionId, CancellationToken cancellationToken = default)
    {
        var old = await accounts.ContactAsync(citizenId, cancellationToken);
        var to = old is { Verified: true, Email: { } address } ? notices.Seal(citizenId, address) : null;
        await writer.WriteAsync(
            scope =>
            {
                scope.Db.Set<ContactCode>().Where(c => c.CitizenId == citizenId).ExecuteDelete();
                var citizen = scope.Db.Set<Citizen>().Single(c => c.Id == citizenId);
                if (citizen.Email is null)
                    return;
                citizen.Email = null;
                citizen.EmailVerifiedAt = null;
                scope.Raise(Happened(EventKinds.ContactChanged, citizenId, sessionId));
                Tell(scope, citizenId, to);
            },
            cancellationToken
        );
    }

    /// <summary>The language of mail to her, and the kinds of notice that she does not want mailed.</summary>
    public Task SetPreferencesAsync(
        Guid citizenId,
        Guid sessionId,
        string language,
        IReadOnlyCollection<string> muted,
        CancellationToken cancellationToken = default
    ) =>
        writer.WriteAsync(
            scope =>
            {
                var citizen = scope.Db.Set<Citizen>().Single(c => c.Id == citizenId);
                var kinds = string.Join(' ', muted.Order(StringComparer.Ordinal));
                if (citizen.Language == language && citizen.MutedNotices == kinds)
                    return;
                citizen.Language = language;
                citizen.MutedNotices = kinds;
                var details = JsonSerializer.Serialize(new { language, muted = kinds });
                scope.Raise(Happened(EventKinds.PreferencesChanged, citizenId, sessionId, details));
            },
            cancellationToken
        );

    // In the portal always; by mail where there was a proven address, which may be all that still reaches her.
    private void Tell(WriteScope scope, Guid citizenId, SealedParameter? to) =>
        notices.Queue(
            scope,
            citizenId,
            NoticeKinds.ContactChanged,
            to is null ? new { when = scope.Now } : new { when = scope.Now, to }
        );

    private string Hash(Guid citizenId, string code) => vault.Pseudonym($"{citizenId:N} {code}", "contact-code");

    // Three at once, then ever more slowly: the mail box may be somebody else's.
    private static IReadOnlyList<AttemptLimit> Sending(Guid citizenId) =>
        [new($"contact {citizenId:N}", Free: CodesAtOnce, Forget: TimeSpan.FromMinutes(30))];

    private static Event Happened(string kind, Guid citizenId, Guid sessionId, string? details = null) =>
        new()
        {
            Kind = kind,
            CitizenId = citizenId,
            SessionId = sessionId,
            Actor = "citizen",
            Details = details,
        };
}
