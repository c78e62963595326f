using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>What a node says of its own machine; its word alone.</summary>
/// <param name="DiskFree">bytes; 0 where it cannot say</param>
/// <param name="FsyncP50">milliseconds until an append is durable; null before the first</param>
/// <param name="ScrubbedAt">when it had looked at every file of its copy; null before the first time</param>
/// <param name="State">a stable code while it signs nothing; null while all is well</param>
public sealed record NodeReport(
    string Version,
    long DiskFree,
    long DiskTotal,
    double? FsyncP50,
    double? FsyncP99,
    DateTimeOffset? ScrubbedAt,
    string? State
);

/// <summary>
/// Asks each witness every few seconds how its machine is and what was wrong with its copy. Its incidents are kept beside the portal's own, a
/// bounded number a day; nothing that it says is acted upon, and of a fork its two notes count and not its word (<see cref="ShownFork"/>).
/// </summary>
public sealed partial class NodeReports(
    LedgerNodes nodes,
    WitnessHttp http,
    LedgerIncidents incidents,
    OpenLogs logs,
    LedgerScrub scrub,
    TimeProvider time,
    ILogger<NodeReports> log
) : BackgroundLoop
{
    private const int MostADay = 50;
    private const int MostForksADay = 5;
    private const int MostText = 64;
    private const int MostKnown = 10_000;
    private static readonly TimeSpan Often = TimeSpan.FromSeconds(5);
    private static readonly string _version = typeof(NodeReports).Assembly.GetName().Version?.ToString(3) ?? "";
    private readonly ConcurrentDictionary<string, NodeReport> _reports = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<(string, string?, long?, DateTimeOffset), bool> _known = new();

    /// <summary>Of a witness, by its name in the policy; null where it has said nothing lately.</summary>
    public NodeReport? Find(string witness) => _reports.GetValueOrDefault(witness);

    /// <summary>Of the portal's own machine.</summary>
    public NodeReport Own()
    {
        var (free, total) = Disk();
        return new NodeReport(_version, free, total, null, null, scrub.Last?.At, logs.Waiting?.Code);
    }

    /// <summary>Asks all of them once.</summary>
    public Task AskAsync(CancellationToken token) => Task.WhenAll(nodes.Links.Select(link => AskAsync(link, token)));

    protected override async Task RunAsync(CancellationToken stopping)
    {
        if (nodes.Links.Count == 0)
            return;
        using var timer = new PeriodicTimer(Often, time);
        do await AskAsync(stopping);
        while (await timer.WaitForNextTickAsync(stopping));
    }

    private async Task AskAsync(WitnessLink link, CancellationToken token)
    {
        try
        {
            if (await http.StatusAsync(link.Url, token) is not { } body)
            {
                _reports.TryRemove(link.Name, out _);
                return;
            }
            using var status = JsonDocument.Parse(body);
            _reports[link.Name] = Report(status.RootElement);
            foreach (var one in status.RootElement.GetProperty("incidents").EnumerateArray().Take(MostADay))
                await TakeAsync(link.Name, one, token);
        }
        catch (Exception failure)
            when (failure
                    is LedgerException
                        or JsonException
                        or InvalidOperationException
                        or KeyNotFoundException
                        or FormatException
            )
        {
            _reports.TryRemove(link.Name, out _);
            NotUnderstood(failure, link.Name);
        }
    }

    private static NodeReport Report(JsonElement status)
    {
        var copies = status.GetProperty("logs").EnumerateArray().ToList();
        return new NodeReport(
            Short(status.GetProperty("version").GetString()) ?? "",
            status.GetProperty("diskFree").GetInt64(),
            status.GetProperty("diskTotal").GetInt64(),
            Number(status.GetProperty("fsyncP50")),
            Number(status.GetProperty("fsyncP99")),
            copies.Max(copy => Time(copy.GetProperty("scrubbedAt"))),
            copies
                .Select(copy => Short(copy.GetProperty("state").GetString()))
                .FirstOrDefault(state => state is not null)
        );
    }

    private async Task TakeAsync(string witness, JsonElement said, CancellationToken token)
    {
        var code = said.GetProperty("code").GetString();
        if (
            code
            is not (LedgerIncidents.WitnessHealed or LedgerIncidents.WitnessDamaged or LedgerIncidents.WitnessForked)
        )
            return;
        var place = said.GetProperty("place").GetString();
        if (place is not (ILogReader.Checkpoint or "journal") && !TilePath.TryParse(place ?? "", out _))
            return;
        var (at, now) = (said.GetProperty("at").GetDateTimeOffset(), time.GetUtcNow());
        // Who could date it back could fill the table past its share of a day.
        if (at < now - TimeSpan.FromDays(1) || at > now + TimeSpan.FromMinutes(1))
            return;
        var wrongs = said.GetProperty("wrong") is { ValueKind: JsonValueKind.String } bytes
            ? bytes.GetBytesFromBase64()
            : null;
        if (code == LedgerIncidents.WitnessForked)
        {
            await TakeForkAsync(witness, Short(said.GetProperty("from").GetString()), said, wrongs, token);
            return;
        }
        var incident = new Incident(code, "The witness says so.")
        {
            At = at,
            Witness = witness,
            Place = place,
            Index = said.GetProperty("index") is { ValueKind: JsonValueKind.Number } index ? index.GetInt64() : null,
            From = Short(said.GetProperty("from").GetString()),
            Ours = wrongs,
        };
        if (_known.Count >= MostKnown)
            _known.Clear();
        if (!_known.TryAdd((witness, place, incident.Index, at), true))
            return;
        if (await incidents.CountAsync(witness, forks: false, now - TimeSpan.FromDays(1), token) < MostADay)
            await incidents.AddAsync(incident, token);
    }

    private async Task TakeForkAsync(
        string witness,
        string? other,
        JsonElement said,
        byte[]? theirs,
        CancellationToken token
    )
    {
        if (theirs is null || said.GetProperty("own") is not { ValueKind: JsonValueKind.String } own)
            return;
        // Each two notes of the two logs show the same fork, and a stranger's signature makes other bytes of them: a share of its own, so that
        // neither fills the table, nor does what else the witness says take the fork's place.
        var yesterday = time.GetUtcNow() - TimeSpan.FromDays(1);
        if (await incidents.CountAsync(witness, forks: true, yesterday, token) >= MostForksADay)
            return;
        if (await ShownFork.JudgeAsync(logs, witness, other, own.GetBytesFromBase64(), theirs, token) is { } fork)
            await incidents.AddAsync(fork, token);
    }

    private (long Free, long Total) Disk()
    {
        try
        {
            return logs.Current is { } open ? open.Files.Disk() : (0, 0);
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return (0, 0);
        }
    }

    private static double? Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? value.GetDouble() : null;

    private static DateTimeOffset? Time(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetDateTimeOffset() : null;

    private static string? Short(string? text) =>
        text is { Length: <= MostText } && text.All(c => char.IsAsciiLetterOrDigit(c) || "._-/:".Contains(c))
            ? text
            : null;

    [LoggerMessage(Level = LogLevel.Debug, Message = "The witness {Witness} does not say how it is")]
    private partial void NotUnderstood(Exception failure, string witness);
}
