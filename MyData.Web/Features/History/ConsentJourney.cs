using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.History;
using MyData.Core.Ledger;
using MyData.Core.Transfers;

namespace MyData.Web.Features.History;

/// <summary>How far one data set of a consent came, told from its lines.</summary>
public sealed record ConsentJourney
{
    public required string DataSetId { get; init; }

    /// <summary>What the agency reports of it; null where it was never asked.</summary>
    public SideView? Side { get; init; }

    /// <summary>What the service reports that has it; null where none fetched it.</summary>
    public SideView? Taken { get; init; }

    /// <summary>The line that says most about how it ended, or the last one so far.</summary>
    public required HistoryLine Last { get; init; }

    /// <summary>When the sealed package arrived at the platform.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>When her browser took it.</summary>
    public DateTimeOffset? FetchedAt { get; init; }

    /// <summary>The service that it went to; null where it went to herself.</summary>
    public string? Service { get; init; }

    /// <summary>The service is an online one.</summary>
    public bool Online { get; init; }

    /// <summary>The office where a clerk saw it.</summary>
    public string? Office { get; init; }

    /// <summary>Display form of the seal digest; null before the package arrived.</summary>
    public string? Seal { get; init; }

    /// <summary>0: asked for; 1: arrived at the platform; 2: with her.</summary>
    public int Progress =>
        FetchedAt is not null ? 2
        : ReadyAt is not null ? 1
        : 0;

    /// <summary>It goes no further.</summary>
    public bool Stopped =>
        Progress < 2
        && Last.Kind is EventKinds.TransferEmpty or EventKinds.TransferFailed or EventKinds.TransferExpired;

    /// <summary>Something can still happen: the page of the download shows it.</summary>
    public bool Open =>
        Last.Kind
            is EventKinds.TransferRequested
                or EventKinds.TransferCalled
                or EventKinds.TransferPreparing
                or EventKinds.TransferReady
                or EventKinds.TransferClaimed;

    // Only these move a transfer on; the rest tells of something beside it.
    private static readonly string[] Moves =
    [
        EventKinds.TransferRequested,
        EventKinds.StandingUsed,
        EventKinds.TransferCalled,
        EventKinds.TransferPreparing,
        EventKinds.TransferReady,
        EventKinds.TransferEmpty,
        EventKinds.TransferFailed,
        EventKinds.TransferClaimed,
        EventKinds.TransferDone,
        EventKinds.TransferExpired,
        EventKinds.TransferHandedOver,
        EventKinds.PackageRefused,
        EventKinds.CounterOpened,
        EventKinds.ServiceHandedOver,
        EventKinds.ServiceFetched,
        EventKinds.ServiceReceived,
        EventKinds.ServiceKept,
        EventKinds.ServiceDeleted,
    ];

    /// <summary>The journeys of an entry, in the order in which they began.</summary>
    public static IReadOnlyList<ConsentJourney> Of(HistoryEntry entry, IReadOnlyList<SideView> sides) =>
        [
            .. entry
                .Lines.Where(line => line is { TransferId: not null, DataSetId: not null } && Moves.Contains(line.Kind))
                .GroupBy(line => line.TransferId)
                .Select(lines => new ConsentJourney
                {
                    DataSetId = lines.First().DataSetId!,
                    Last = lines.LastOrDefault(line => line.Kind == EventKinds.PackageRefused) ?? lines.Last(),
                    ReadyAt = lines
                        .FirstOrDefault(line => line.Kind is EventKinds.TransferReady or EventKinds.ServiceHandedOver)
                        ?.At,
                    FetchedAt = lines
                        .FirstOrDefault(line =>
                            line.Kind
                                is EventKinds.TransferClaimed
                                    or EventKinds.CounterOpened
                                    or EventKinds.ServiceFetched
                        )
                        ?.At,
                    Service = lines.First().Detail("service"),
                    Online = HistoryWords.IsOnline(lines.First()),
                    Office = lines.First().Detail("office"),
                    Side = sides.FirstOrDefault(side =>
                        side.TransferId == lines.Key && side.Operation == TransferReport.Sent
                    ),
                    Taken = lines.Any(line => line.Kind == EventKinds.ServiceFetched)
                        ? sides.FirstOrDefault(side =>
                            side.TransferId == lines.Key && side.Operation == TransferReport.Received
                        )
                        : null,
                    Seal = lines.Select(SealOf).OfType<string>().FirstOrDefault(),
                }),
        ];

    private static string? SealOf(HistoryLine line) =>
        line.Detail("seal") is { Length: 64 } hex && hex.All(char.IsAsciiHexDigit)
            ? SealDigest.Parse(hex).Display()
            : null;
}
