using System.Collections.Concurrent;
using System.Text.Json;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>One thing that an agency was told of a package that it had sealed, or of the standing consent behind it.</summary>
/// <param name="Kind">the event's own name, such as handed-over</param>
/// <param name="Transfer">null: of no one package</param>
public sealed record ToldHandOver(
    DateTimeOffset At,
    SandboxAgency Agency,
    SandboxDataSet DataSet,
    string Kind,
    string Service,
    string? Transfer
);

/// <summary>The address at which a native data set's agency is told of hand-overs (protocols.md A2); the last hundred are kept in memory.</summary>
public sealed class AgencyHandOvers(SecurityEventReader reader, TimeProvider clock)
{
    private const int Most = 100;
    private static readonly string[] Kinds =
    [
        "handed-over",
        "consent-revoked",
        "consent-paused",
        "consent-resumed",
        "item-struck",
        "consent-ended",
    ];
    private readonly ConcurrentQueue<ToldHandOver> _told = [];

    /// <summary>The newest first.</summary>
    public IReadOnlyList<ToldHandOver> All() => [.. _told.Reverse()];

    /// <summary>RFC 8935 §2: 202 where it was taken, 400 with why not.</summary>
    public async Task<IResult> TakeAsync(HttpContext http, SandboxAgency agency, SandboxDataSet dataSet)
    {
        if (await reader.ReadAsync(http, agency.ClientId) is not { } heard)
            return Results.Json(new { err = "invalid_request" }, statusCode: StatusCodes.Status400BadRequest);
        foreach (var (kind, content) in heard.Events.Where(one => Kinds.Contains(one.Key)))
        foreach (var transfer in Transfers(content))
            Add(new(clock.GetUtcNow(), agency, dataSet, kind, content.GetProperty("service").GetString()!, transfer));
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    private static IReadOnlyList<string?> Transfers(JsonElement content)
    {
        var all = content.GetProperty("transfers").EnumerateArray().ToList();
        return all.Count == 0 ? [null] : [.. all.Select(one => one.GetProperty("transfer_id").GetString())];
    }

    private void Add(ToldHandOver told)
    {
        _told.Enqueue(told);
        while (_told.Count > Most)
            _told.TryDequeue(out _);
    }
}
