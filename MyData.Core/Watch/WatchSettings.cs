using MyData.Core.Citizens;

namespace MyData.Core.Watch;

/// <summary>The section <c>MyData:Watch</c>: from when on something is an alarm. Hours and days are Taipei's.</summary>
public sealed record WatchSettings
{
    /// <summary>How often the log is looked at.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>National ID numbers of people who do not exist: whoever reads about one of them has no reason to.</summary>
    public IReadOnlyList<string> Canaries { get; init; } = [];

    /// <summary>Where alarms are mailed to, addresses separated by blanks; empty: to the help desk.</summary>
    public string MailTo { get; init; } = "";

    /// <summary>Persons read in an hour by one system from one data set: this many times its busiest hour of the last 14 days.</summary>
    public double VolumeTimes { get; init; } = 3;

    /// <summary>Fewer in an hour are never too many.</summary>
    public int VolumeAtLeast { get; init; } = 200;

    /// <summary>The same for who has no day of history yet.</summary>
    public int VolumeOfNew { get; init; } = 2_000;

    /// <summary>Persons read by one acting person in an hour, and in a day.</summary>
    public int ClerkAnHour { get; init; } = 60;
    public int ClerkADay { get; init; } = 300;

    /// <summary>The hours in which nobody should read about people by hand: from this one until before that one, over midnight.</summary>
    public int OddFrom { get; init; } = 22;
    public int OddUntil { get; init; } = 6;

    /// <summary>Such readings of one acting person in a night.</summary>
    public int OddAtLeast { get; init; } = 1;

    /// <summary>Refusals in an hour of one system in one kind of operation, and which part of all of them, in percent.</summary>
    public int RefusedAtLeast { get; init; } = 30;
    public int RefusedPercent { get; init; } = 50;

    /// <summary>Refusals in an hour at the staff's own door.</summary>
    public int StaffRefused { get; init; } = 5;

    /// <summary>How the codes of legal bases begin on which another system may read without a consent, separated by blanks.</summary>
    public string LegalBases { get; init; } = "act- law-";

    /// <summary>What is wrong with these settings, a sentence each; no ID number is repeated.</summary>
    public IEnumerable<string> Problems()
    {
        for (var at = 0; at < Canaries.Count; at++)
            if (!NationalId.TryParse(Canaries[at], out _))
                yield return $"MyData:Watch:Canaries:{at} is no national ID number.";
        if (
            (VolumeTimes, VolumeAtLeast, VolumeOfNew, ClerkAnHour, ClerkADay, OddAtLeast)
                is not
                (>= 1, >= 1, >= 1, >= 1, >= 1, >= 1)
            || (RefusedAtLeast, RefusedPercent, StaffRefused) is not (>= 1, >= 1 and <= 100, >= 1)
        )
            yield return "MyData:Watch: an alarm begins at one at least, and RefusedPercent is 1 to 100.";
        if (Every <= TimeSpan.Zero)
            yield return "MyData:Watch:Every is no time.";
        if ((OddFrom, OddUntil) is not (>= 0 and < 24, >= 0 and < 24))
            yield return "MyData:Watch:OddFrom and OddUntil are hours, 0 to 23.";
    }
}
