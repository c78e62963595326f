using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Transfers;

namespace MyData.Core.Counter;

/// <summary>The files that go to the case system: which package, and base64url(SHA-256) of its ZIP as the clerk's browser opened it.</summary>
public sealed record TakeOver(string CaseNumber, IReadOnlyDictionary<Guid, string> Digests);

/// <summary>
/// What joins a look at the counter to the office's case: its number, and the statement beside the files that it takes over, once. The
/// platform sees no data: it signs seals and digests.
/// </summary>
public sealed class CounterCases(
    IWriter writer,
    HandOvers handOvers,
    PersonalDataVault vault,
    SigningKeys keys,
    IIssuer issuer,
    CounterView view,
    CounterSettings settings
)
{
    public const int LongestCase = 40;

    /// <summary>The JWS's <c>typ</c>.</summary>
    public const string Type = "mydata-counter-handover+jwt";

    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>Letters, digits, spaces and <c>-/().#</c>: what offices number their cases with.</summary>
    public static bool IsCase(string? text) =>
        text is { Length: > 0 and <= LongestCase }
        && text.All(c => char.IsLetterOrDigit(c) || c is '-' or '/' or '(' or ')' or '.' or '#' or ' ')
        && text.Trim() == text;

    /// <summary>The clerk writes the case's number beside what she saw. False where this browser has nothing open.</summary>
    /// <exception cref="CounterException">counter.malformed, counter.too_many_notes</exception>
    public Task<bool> NoteAsync(Clerk clerk, Guid ticketId, string text, CancellationToken token = default)
    {
        if (!IsCase(text))
            throw new CounterException(CounterCodes.Malformed);
        return writer.WriteAsync(
            scope =>
            {
                if (view.Own(scope, clerk, ticketId) is not { } ticket)
                    return false;
                if (CaseOf(ticket) == text)
                    scope.Bookkeeping();
                else if (CounterEvents.Count(scope, ticket, EventKinds.CounterCaseNoted) >= settings.MostCaseNotes)
                    throw new CounterException(CounterCodes.TooManyNotes);
                else
                    Note(scope, clerk, ticket, text);
                return true;
            },
            token
        );
    }

    /// <summary>
    /// The signed statement for the case system. Once: the same files under the same number give the same statement again, so that a lost
    /// answer can be fetched anew; others are refused.
    /// </summary>
    /// <returns>JWS compact</returns>
    /// <exception cref="CounterException">counter.malformed, counter.not_yours, counter.package_gone, counter.taken_over</exception>
    public async Task<string> TakeOverAsync(
        Clerk clerk,
        Guid ticketId,
        TakeOver files,
        CancellationToken token = default
    )
    {
        if (!IsCase(files.CaseNumber) || files.Digests.Values.Any(digest => !Handshake.IsCommitment(digest)))
            throw new CounterException(CounterCodes.Malformed);
        var taken = JsonSerializer.Serialize(
            new { files.CaseNumber, digests = files.Digests.OrderBy(d => d.Key).ToDictionary() }
        );
        var hash = vault.Pseudonym(taken, "counter.taken-over");
        var ticket = await writer.WriteAsync(
            scope =>
            {
                var own = view.Own(scope, clerk, ticketId) ?? throw new CounterException(CounterCodes.NotYours);
                var opened = scope
                    .Db.Set<CounterItemRow>()
                    .Where(i => i.TicketId == own.Id && i.OpenedAt != null)
                    .Select(i => i.TransferId)
                    .ToHashSet();
                if (!opened.SetEquals(files.Digests.Keys))
                    throw new CounterException(CounterCodes.Malformed);
                if (own.TakenOver == hash)
                {
                    scope.Bookkeeping();
                    return own;
                }
                var first = scope
                    .Db.Set<CounterTicket>()
                    .Where(t => t.Id == own.Id && t.TakenOverAt == null)
                    .ExecuteUpdate(set =>
                        set.SetProperty(t => t.TakenOverAt, (DateTimeOffset?)scope.Now)
                            .SetProperty(t => t.TakenOver, hash)
                    );
                if (first != 1)
                    throw new CounterException(CounterCodes.TakenOver);
                if (CaseOf(own) != files.CaseNumber)
                    Note(scope, clerk, own, files.CaseNumber);
                scope.Raise(
                    CounterEvents.Happened(EventKinds.CounterTakenOver, clerk.Actor, own, office: clerk.Office)
                );
                return view.Own(scope, clerk, ticketId)!;
            },
            token
        );
        return await SignAsync(clerk, ticket, files, token);
    }

    /// <summary>The case's number, for her whose ticket it is; null where none was written.</summary>
    public string? CaseOf(CounterTicket ticket) =>
        ticket.CaseNumber is { } number ? vault.Open(number, CounterTicket.CasePurpose, ticket.Id) : null;

    private async Task<string> SignAsync(Clerk clerk, CounterTicket ticket, TakeOver files, CancellationToken token)
    {
        var packages = await handOvers.FindAsync([.. files.Digests.Keys], token);
        if (packages.Count != files.Digests.Count)
            throw new CounterException(CounterCodes.PackageGone);
        var at = ticket.TakenOverAt!.Value;
        var statement = new
        {
            iss = issuer.Value,
            iat = at.ToUnixTimeSeconds(),
            jti = ticket.Id,
            service = ticket.ServiceId,
            office = ticket.Office,
            // The same for the same clerk and service; the office knows whom it means, nobody else does.
            clerk = vault.Pseudonym($"{clerk.Id:N} {ticket.ServiceId}", "counter.clerk"),
            case_number = files.CaseNumber,
            consent = ticket.ConsentId,
            packages = packages.Select(package => new
            {
                transfer = package.Id,
                dataset = package.DataSetId,
                seal = package.SealDigest,
                zip_sha256 = files.Digests[package.Id],
            }),
        };
        return keys.Sign(JsonSerializer.SerializeToUtf8Bytes(statement, Readable), Type, at);
    }

    private void Note(WriteScope scope, Clerk clerk, CounterTicket ticket, string text)
    {
        var number = vault.Seal(text, CounterTicket.CasePurpose, ticket.Id);
        scope
            .Db.Set<CounterTicket>()
            .Where(t => t.Id == ticket.Id)
            .ExecuteUpdate(set =>
                set.SetProperty(t => t.CaseNumber, number).SetProperty(t => t.Version, t => t.Version + 1)
            );
        scope.Raise(CounterEvents.Happened(EventKinds.CounterCaseNoted, clerk.Actor, ticket, office: clerk.Office));
    }
}
