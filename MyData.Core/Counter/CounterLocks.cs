using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Counter;

/// <summary>
/// Wrong tries: five close the clerk and her device for a quarter of an hour, fifty the office (protocols.md A6, security.md C4). Counted in
/// the write that refuses, so a restart forgets none.
/// </summary>
public sealed class CounterLocks(IDbContextFactory<MyDataDb> databases, CounterSettings settings, TimeProvider time)
{
    /// <summary>What is closed now, for whoever runs the portal: key and until when.</summary>
    public async Task<IReadOnlyList<CounterFailure>> ClosedAsync(CancellationToken token = default)
    {
        var now = time.GetUtcNow();
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<CounterFailure>()
            .Where(f => f.ClosedUntil > now)
            .OrderBy(f => f.Key)
            .Take(100)
            .ToListAsync(token);
    }

    /// <summary>Until when this clerk can do nothing, and the code; null where she can.</summary>
    public static (string Code, DateTimeOffset Until)? Find(WriteScope scope, Clerk clerk)
    {
        var keys = Keys(clerk);
        var closed = scope
            .Db.Set<CounterFailure>()
            .AsNoTracking()
            .Where(f => keys.Contains(f.Key) && f.ClosedUntil > scope.Now)
            .OrderByDescending(f => f.ClosedUntil)
            .FirstOrDefault();
        return closed is null
            ? null
            : (
                closed.Key == OfficeKey(clerk) ? CounterCodes.OfficeClosed : CounterCodes.Closed,
                closed.ClosedUntil!.Value
            );
    }

    /// <summary>One more wrong try. What it closes is an event, and told to whoever runs the portal.</summary>
    public void Failed(WriteScope scope, Clerk clerk)
    {
        foreach (var key in Keys(clerk))
        {
            var isOffice = key == OfficeKey(clerk);
            var (most, memory) = isOffice
                ? (settings.OfficeTries, settings.OfficeMemory)
                : (settings.ClerkTries, settings.Closed);
            var row = scope.Db.Set<CounterFailure>().Find(key);
            if (row is null)
                scope.Db.Add(
                    row = new CounterFailure
                    {
                        Key = key,
                        Count = 0,
                        Since = scope.Now,
                    }
                );
            if (scope.Now - row.Since >= memory)
                (row.Count, row.Since) = (0, scope.Now);
            if (++row.Count >= most)
                Close(scope, clerk, row, isOffice);
        }
    }

    /// <summary>She was handed something: her own wrong tries are forgotten, the office's are not.</summary>
    public static void Succeeded(WriteScope scope, Clerk clerk)
    {
        var hers = Keys(clerk).Where(key => key != OfficeKey(clerk)).ToList();
        scope.Db.Set<CounterFailure>().Where(f => hers.Contains(f.Key)).ExecuteDelete();
    }

    private void Close(WriteScope scope, Clerk clerk, CounterFailure row, bool isOffice)
    {
        (row.Count, row.Since, row.ClosedUntil) = (0, scope.Now, scope.Now + settings.Closed);
        // Clerk and device close at the same try: one event for both.
        if (row.Key.StartsWith("device:", StringComparison.Ordinal))
            return;
        var code = isOffice ? CounterCodes.OfficeClosed : CounterCodes.Closed;
        scope.Raise(
            new Event
            {
                Kind = EventKinds.CounterClosed,
                Actor = isOffice ? "platform" : clerk.Actor,
                Code = code,
                Details = JsonSerializer.Serialize(new { office = clerk.Office, to = clerk.Office }),
            }
        );
    }

    private static string[] Keys(Clerk clerk) => [$"clerk:{clerk.Id:N}", $"device:{clerk.Device}", OfficeKey(clerk)];

    private static string OfficeKey(Clerk clerk) => $"office:{clerk.Office}";
}
