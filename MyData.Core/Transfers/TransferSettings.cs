namespace MyData.Core.Transfers;

/// <summary>Lifetimes and limits of protocols.md A2, A4, B1 and security.md D3, D7.</summary>
public sealed record TransferSettings
{
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>From the request to the answer's first header.</summary>
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest silence within a body.</summary>
    public TimeSpan ReadTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Longest whole answer.</summary>
    public TimeSpan BodyTimeout { get; init; } = TimeSpan.FromSeconds(120);

    /// <summary>Slowest body, bytes a second, judged after <see cref="ReadTimeout"/>.</summary>
    public int SlowestRate { get; init; } = 1024;

    /// <summary>Bytes of a plain package (national wire).</summary>
    public int LargestPlainPackage { get; init; } = 50 * 1024 * 1024;

    /// <summary>Bytes of a sealed package: a plain one of 50 MiB in base64url, and its head.</summary>
    public long LargestSealedPackage { get; init; } = 68 * 1024 * 1024;

    /// <summary>Transfers of one citizen that are under way or waiting for her: what one account can make the relay hold.</summary>
    public int MostOpen { get; init; } = 60;

    /// <summary>Decisions of one citizen in an hour, yes or no.</summary>
    public int DecisionsAnHour { get; init; } = 60;

    /// <summary>Her browser's whole fetch of one package: at 68 MB some 40 KB a second.</summary>
    public TimeSpan LongestFetch { get; init; } = TimeSpan.FromMinutes(30);

    public int MostRounds { get; init; } = 16;
    public TimeSpan LongestPreparation { get; init; } = TimeSpan.FromSeconds(5400);

    /// <summary>How long a sealed package waits for her.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromHours(8);

    /// <summary>How long the other end of a transfer has to report its side.</summary>
    public TimeSpan ReportDue { get; init; } = TimeSpan.FromHours(24);

    /// <summary>
    /// Calls under way to one provider at once: one that hangs must not hold up the others, and one that builds large packages
    /// must still answer each within <see cref="HeaderTimeout"/>.
    /// </summary>
    public int CallsPerProvider { get; init; } = 8;

    /// <summary>Plain packages in memory at once (national wire; protocols.md A4).</summary>
    public int SealedOnArrivalAtOnce { get; init; } = 4;

    /// <summary>Of one provider: one that trickles must leave room for the others.</summary>
    public int SealedOnArrivalPerProvider { get; init; } = 2;
}
