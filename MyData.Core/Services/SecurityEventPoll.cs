using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.OpenId;

namespace MyData.Core.Services;

/// <summary>What a service says when it asks for its events (RFC 8936 §2.2).</summary>
public sealed record AskForEvents
{
    public required AuthenticatedService Client { get; init; }

    /// <summary>Those that it has.</summary>
    public required IReadOnlyCollection<Guid> Taken { get; init; }

    /// <summary>Those that it found wrong.</summary>
    public required IReadOnlyCollection<Guid> Refused { get; init; }

    /// <summary>The most that it wants now.</summary>
    public required int Most { get; init; }
}

/// <summary>Signed events by their <c>jti</c>.</summary>
public sealed record EventsForService(IReadOnlyDictionary<string, string> Sets, bool More);

/// <summary>A service asks for its security events (RFC 8936), whether they are pushed to it or not. Answers at once.</summary>
public sealed class SecurityEventPoll(IDbContextFactory<MyDataDb> databases, IWriter writer, SecurityEventTokens tokens)
{
    public const int MostAtOnce = 100;

    /// <exception cref="OpenIdException">invalid_client: the assertion was used before.</exception>
    public async Task<EventsForService> AskAsync(AskForEvents request, CancellationToken token = default)
    {
        var service = request.Client.Listing.Id;
        var fresh = await writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                if (!UsedAssertion.UseUp(scope, request.Client.Assertion))
                    return false;
                foreach (var one in Hers(scope.Db, service, request.Taken))
                    SecurityEventTokens.Take(scope, one);
                foreach (var one in Hers(scope.Db, service, request.Refused))
                    SecurityEventTokens.Refuse(scope, one, final: true);
                return true;
            },
            token
        );
        if (!fresh)
            throw OpenIdException.InvalidClient("The assertion was used before.");
        var most = Math.Clamp(request.Most, 0, MostAtOnce);
        await using var db = await databases.CreateDbContextAsync(token);
        var waiting = await Waiting(db, service).OrderBy(e => e.Id).Take(most + 1).ToListAsync(token);
        return new(
            waiting.Take(most).ToDictionary(one => one.Id.ToString("D"), tokens.Sign, StringComparer.Ordinal),
            waiting.Count > most
        );
    }

    private static IQueryable<SecurityEvent> Waiting(MyDataDb db, string service) =>
        db.Set<SecurityEvent>()
            .AsNoTracking()
            .Where(e => e.ServiceId == service && e.Audience == null && e.State == SecurityEventState.Waiting);

    private static List<SecurityEvent> Hers(MyDataDb db, string service, IReadOnlyCollection<Guid> ids) =>
        ids.Count == 0 ? [] : [.. Waiting(db, service).Where(e => ids.Contains(e.Id))];
}
