using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;

namespace MyData.Core.History;

/// <summary>Takes complaints about lines of the history, and shows a citizen her own.</summary>
public sealed class Complaints(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    PersonalDataVault vault,
    INotices notices,
    HistoryQueries history,
    TimeProvider time
)
{
    public const int LongestWords = 2000;

    /// <summary>She has no such line.</summary>
    public const string NoLine = "complaint.no-line";

    /// <summary>Days within which she gets an answer.</summary>
    public const int AnswerDays = 15;

    /// <summary>Complaints of one citizen within a day.</summary>
    public const int MostADay = 20;

    private static readonly TimeSpan Taipei = TimeSpan.FromHours(8);

    /// <summary>What is wrong with a form, by stable codes; empty: nothing.</summary>
    public static IEnumerable<string> Problems(string? choice, string words)
    {
        if (choice is null || !ComplaintChoices.All.Contains(choice))
            yield return "complaint.choice-missing";
        if (choice == ComplaintChoices.Other && Clean(words).Length == 0)
            yield return "complaint.words-missing";
        if (Clean(words).Length > LongestWords)
            yield return "complaint.words-too-long";
    }

    /// <summary>Files a complaint about one of her lines; the same form again gives the same complaint.</summary>
    public async Task<ComplaintOutcome> FileAsync(
        ComplaintRequest request,
        CancellationToken cancellationToken = default
    )
    {
        if (Problems(request.Choice, request.Words).FirstOrDefault() is { } problem)
            return new(null, problem);
        var words = Clean(request.Words);
        var id = Ids.New();
        var sealedWords = words.Length == 0 ? null : vault.Seal(words, Purpose(id), request.CitizenId);
        var today = Today(time);
        var number = ComplaintNumber.Create(today);
        var dayBefore = time.GetUtcNow().AddDays(-1);
        return await writer.WriteAsync(
            scope =>
            {
                var hers = scope.Db.Set<Complaint>().Where(c => c.CitizenId == request.CitizenId);
                if (hers.FirstOrDefault(c => c.SubmissionId == request.SubmissionId) is { } before)
                    return new ComplaintOutcome(before.Number, "ok");
                var line = scope
                    .Db.Set<Event>()
                    .FirstOrDefault(e => e.Id == request.LineId && e.CitizenId == request.CitizenId);
                if (line is null)
                    return new ComplaintOutcome(null, NoLine);
                if (hers.Count(c => c.FiledAt > dayBefore) >= MostADay)
                    return new ComplaintOutcome(null, "complaint.too-many");
                var complaint = new Complaint
                {
                    Id = id,
                    CitizenId = request.CitizenId,
                    Number = number,
                    SubmissionId = request.SubmissionId,
                    EventId = line.Id,
                    Choice = request.Choice!,
                    Words = sealedWords,
                    FiledAt = scope.Now,
                    AnswerDue = today.AddDays(AnswerDays),
                };
                scope.Db.Add(complaint);
                scope.Raise(Filed(complaint, line));
                notices.Queue(
                    scope,
                    request.CitizenId,
                    NoticeKinds.ComplaintReceived,
                    new { number, due = complaint.AnswerDue }
                );
                return new ComplaintOutcome(number, "ok");
            },
            cancellationToken
        );
    }

    /// <summary>Her complaints, newest first.</summary>
    public async Task<IReadOnlyList<ComplaintView>> ListAsync(
        Guid citizenId,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await db.Set<Complaint>()
            .Where(c => c.CitizenId == citizenId)
            .OrderByDescending(c => c.FiledAt)
            .ToListAsync(cancellationToken);
        var views = new List<ComplaintView>(found.Count);
        foreach (var complaint in found)
            views.Add(await ViewAsync(complaint, cancellationToken));
        return views;
    }

    /// <summary>One of her complaints; null where she has none with this number.</summary>
    public async Task<ComplaintView?> FindAsync(
        Guid citizenId,
        string number,
        CancellationToken cancellationToken = default
    )
    {
        await using var db = await databases.CreateDbContextAsync(cancellationToken);
        var found = await db.Set<Complaint>()
            .FirstOrDefaultAsync(c => c.CitizenId == citizenId && c.Number == number, cancellationToken);
        return found is null ? null : await ViewAsync(found, cancellationToken);
    }

    private async Task<ComplaintView> ViewAsync(Complaint complaint, CancellationToken cancellationToken) =>
        new()
        {
            Number = complaint.Number,
            Line = await history.FindAsync(complaint.CitizenId, complaint.EventId, cancellationToken),
            Choice = complaint.Choice,
            Words = complaint.Words is { } words ? vault.Open(words, Purpose(complaint.Id), complaint.CitizenId) : "",
            FiledAt = complaint.FiledAt,
            AnswerDue = complaint.AnswerDue,
            Overdue = complaint.AnsweredAt is null && Today(time) > complaint.AnswerDue,
            Answer = complaint.Answer is { } answer
                ? vault.Open(answer, AnswerPurpose(complaint.Id), complaint.CitizenId)
                : null,
            AnsweredAt = complaint.AnsweredAt,
        };

    internal static DateOnly Today(TimeProvider time) =>
        DateOnly.FromDateTime(time.GetUtcNow().ToOffset(Taipei).DateTime);

    // Bound to the complaint as well: words moved to another row do not open.
    internal static string Purpose(Guid complaintId) => $"complaint {complaintId:N}";

    internal static string AnswerPurpose(Guid complaintId) => $"complaint answer {complaintId:N}";

    // Her words are kept as she typed them, but for control characters, which no page can show.
    internal static string Clean(string words) =>
        string.Concat(words.ReplaceLineEndings("\n").Where(c => c is '\n' or '\t' || !char.IsControl(c))).Trim();

    private static Event Filed(Complaint complaint, Event line) =>
        new()
        {
            Kind = EventKinds.ComplaintFiled,
            CitizenId = complaint.CitizenId,
            Actor = "citizen",
            DataSetId = line.DataSetId,
            ConsentId = line.ConsentId,
            TransferId = line.TransferId,
            Details = JsonSerializer.Serialize(
                new
                {
                    number = complaint.Number,
                    choice = complaint.Choice,
                    line = line.Id,
                    about = line.Kind,
                }
            ),
        };
}
