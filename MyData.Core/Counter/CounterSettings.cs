namespace MyData.Core.Counter;

/// <summary>Lifetimes and limits of protocols.md A6 and security.md 2.7.</summary>
public sealed record CounterSettings
{
    /// <summary>How long a code is good; never longer than its packages wait.</summary>
    public TimeSpan TicketLife { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>From the scan to her confirmation, or to the four characters of a printed one.</summary>
    public TimeSpan Reservation { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long a clerk may fetch what was handed to her; her screen empties itself after two minutes without input.</summary>
    public TimeSpan View { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>Wrong tries that close a clerk and her device.</summary>
    public int ClerkTries { get; init; } = 5;

    /// <summary>Wrong tries that close an office.</summary>
    public int OfficeTries { get; init; } = 50;

    /// <summary>How long it stays closed; a clerk's wrong tries are forgotten after as long.</summary>
    public TimeSpan Closed { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>An office's wrong tries are forgotten after this long.</summary>
    public TimeSpan OfficeMemory { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Wrong characters of an ID card that end a printed ticket, whoever tries.</summary>
    public int CardTries { get; init; } = 5;

    /// <summary>Tickets that one citizen makes within an hour, renewed ones too.</summary>
    public int TicketsAnHour { get; init; } = 60;

    /// <summary>Agents that one citizen names within a day: more looks like somebody who tries numbers.</summary>
    public int AgentsADay { get; init; } = 10;

    /// <summary>Refusals of one ticket that its owner is told of.</summary>
    public int MostRefusalsTold { get; init; } = 10;

    /// <summary>Case numbers that a clerk writes beside one look: the first, and those that put it right.</summary>
    public int MostCaseNotes { get; init; } = 10;
}
