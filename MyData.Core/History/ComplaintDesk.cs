using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;

namespace MyData.Core.History;

/// <summary>
/// The help desk's side of complaints. It sees what a citizen complained about and her words, never who she is; each
/// opening is in her history before the words are unsealed.
/// </summary>
public sealed class ComplaintDesk(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    PersonalDataVault vault,
    INotices notices,
    HistoryQueries history,
    IReleaseGate gate,
    TimeProvider time
)
{
    public const int LongestAnswer = 4000;
    public const int MostListed = 200;

    /// <summary>How long a member of staff may sit over one opening.</summary>
    public static readonly TimeSpan OneSitting = TimeSpan.FromMinutes(15);

    public const string Missing = "complaint.answer-missing";
    public const string TooLong = "complaint.answer-too-long";

    /// <summary>Somebody was first, or her account is closed.</summary>
    public const string Settled = "complaint.settled";

    /// <summary>What is wrong with an answer, as a stable code; null: nothing.</summary>
    public static string? Problem(string answer) =>
        Complaints.Clean(answer).Length switch
        {
            0 => Missing,
            > LongestAnswer => TooLong,
            _ => null,
        };

    /// <summary>Complaints without an answer by the day when it is due, or answered ones, the latest first.</summary>
    public async Task<IReadOnlyList<DeskLine>> ListAsync(bool answered, CancellationToken cancellationToken = default)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var all = db.Set<Complaint>().Where(c => c.AnsweredAt != null == answered);
        var ordered = answered
            ? all.OrderByDescending(c => c.AnsweredAt)
            : all.OrderBy(c => c.AnswerDue).ThenBy(c => c.FiledAt);
        var today = Complaints.Today(time);
        return await ordered
            .Take(MostListed)
            .Select(c => new DeskLine(
                c.Number,
                c.Choice,
                c.FiledAt,
                c.AnswerDue,
                c.AnswerDue.DayNumber - today.DayNumber,
                c.AnsweredAt
            ))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Opens one for a member of staff, and writes that down first; null where there is none with this number.</summary>
    /// <param name="number">The complaint's.</param>
    /// <param name="staffId">Who opens it.</param>
    /// <param name="goesOn">She goes on with what she opened within the last <see cref="OneSitting"/>: no new opening then.</param>
    /// <param name="cancellationToken">Ends the query.</param>
    /// <exception cref="Ledger.LedgerException"><see cref="Writing.Unavailable"/></exception>
    public async Task<DeskComplaint?> OpenAsync(
        string number,
        Guid staffId,
        bool goesOn = false,
        CancellationToken cancellationToken = default
    )
    {
        if (await FindAsync(number, cancellationToken) is not { } complaint)
            return null;
        var why = complaint.AnsweredAt is null ? "to-answer" : "to-look-up";
        var opening = Happened(EventKinds.ComplaintOpened, complaint, staffId, new { number, why });
        await writer.WriteAsync(
            scope =>
            {
                if (goesOn && WasOpened(scope, opening))
                    scope.Bookkeeping();
                else
                    scope.Raise(opening);
            },
            cancellationToken
        );
        await gate.PassAsync(cancellationToken);
        return new DeskComplaint
        {
            Number = complaint.Number,
            Line = await history.FindAsync(complaint.CitizenId, complaint.EventId, cancellationToken),
            Choice = complaint.Choice,
            Words = complaint.Words is { } words
                ? vault.Open(words, Complaints.Purpose(complaint.Id), complaint.CitizenId)
                : "",
            FiledAt = complaint.FiledAt,
            AnswerDue = complaint.AnswerDue,
            DaysLeft = complaint.AnswerDue.DayNumber - Complaints.Today(time).DayNumber,
            Answer = complaint.Answer is { } answer
                ? vault.Open(answer, Complaints.AnswerPurpose(complaint.Id), complaint.CitizenId)
                : null,
            AnsweredAt = complaint.AnsweredAt,
            AnsweredBy = complaint.AnsweredBy,
        };
    }

    /// <summary>Answers it once, and tells her that there is an answer.</summary>
    /// <returns><c>ok</c>, or why not.</returns>
    public async Task<string> AnswerAsync(AnswerRequest request, CancellationToken cancellationToken = default)
    {
        if (Problem(request.Answer) is { } problem)
            return problem;
        if (await FindAsync(request.Number, cancellationToken) is not { } complaint)
            return Settled;
        var answer = vault.Seal(
            Complaints.Clean(request.Answer),
            Complaints.AnswerPurpose(complaint.Id),
            complaint.CitizenId
        );
        return await writer.WriteAsync(
            scope =>
            {
                var taken = scope
                    .Db.Set<Complaint>()
                    .Where(c => c.Id == complaint.Id && c.AnsweredAt == null)
                    .ExecuteUpdate(set =>
                        set.SetProperty(c => c.Answer, answer)
                            .SetProperty(c => c.AnsweredAt, (DateTimeOffset?)scope.Now)
                            .SetProperty(c => c.AnsweredBy, (Guid?)request.StaffId)
                    );
                if (taken != 1)
                    return Settled;
                var number = complaint.Number;
                scope.Raise(Happened(EventKinds.ComplaintAnswered, complaint, request.StaffId, new { number }));
                notices.Queue(scope, complaint.CitizenId, NoticeKinds.ComplaintAnswered, new { number });
                return "ok";
            },
            cancellationToken
        );
    }

    private static bool WasOpened(WriteScope scope, Event opening)
    {
        var since = scope.Now - OneSitting;
        return scope
            .Db.Set<Event>()
            .Any(e =>
                e.CitizenId == opening.CitizenId
                && e.Kind == opening.Kind
                && e.Actor == opening.Actor
                && e.Details == opening.Details
                && e.At > since
            );
    }

    private async Task<Complaint?> FindAsync(string number, CancellationToken cancellationToken)
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        return await db.Set<Complaint>().FirstOrDefaultAsync(c => c.Number == number, cancellationToken);
    }

    private static Event Happened(string kind, Complaint complaint, Guid staffId, object details) =>
        new()
        {
            Kind = kind,
            CitizenId = complaint.CitizenId,
            Actor = $"operator:{staffId:N}",
            Details = JsonSerializer.Serialize(details),
        };
}
