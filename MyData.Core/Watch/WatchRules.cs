using System.Buffers.Text;
using System.Collections.Frozen;
using MyData.Core.Events;
using MyData.Core.Ledger;

namespace MyData.Core.Watch;

/// <summary>A record as the rules see it.</summary>
/// <param name="At">its time; of one that claims to be older than the log has come, the log's</param>
/// <param name="IsPaired">it reports a transfer that the platform began on a consent</param>
internal sealed record SeenRecord(long Index, LedgerRecord Record, DateTimeOffset At, bool IsCanary, bool IsPaired);

/// <summary>What is counted together.</summary>
internal readonly record struct TallyKey(string Code, string Subject, DateTimeOffset Start);

/// <summary>What one record adds to it.</summary>
internal readonly record struct Tally(TallyKey Key, long Amount, long OutOf);

/// <summary>The busiest hour that a subject had, and since when it is known; none for a new one.</summary>
internal readonly record struct Baseline(long Busiest, DateTimeOffset Since);

/// <summary>Each rule of the watch: what it counts, and from when on that is an alarm. No clock, no database.</summary>
internal sealed class WatchRules(WatchSettings settings)
{
    public static readonly TimeSpan History = TimeSpan.FromDays(14);

    private const string Platform = "mydata";
    private const int MarkLength = 16;
    private static readonly TimeSpan Taipei = TimeSpan.FromHours(8);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    // A transfer has many steps; in this one somebody's data left its agency. The others are read by hand.
    private static readonly FrozenSet<string> OwnReadings = FrozenSet.Create(
        StringComparer.Ordinal,
        EventKinds.TransferReady,
        EventKinds.ComplaintOpened,
        EventKinds.CounterOpened
    );

    private static readonly FrozenSet<string> Privileges = FrozenSet.Create(
        StringComparer.Ordinal,
        EventKinds.StaffEnrolled,
        EventKinds.StaffPasskeyAdded,
        EventKinds.StaffPasskeyRemoved,
        EventKinds.StaffLeft,
        EventKinds.LedgerKeyAdded,
        EventKinds.LedgerKeyRevoked,
        EventKinds.LedgerHoldAllowed,
        EventKinds.LedgerHoldEnded,
        EventKinds.CatalogChanged,
        EventKinds.KeyRolled,
        EventKinds.AuditExported,
        EventKinds.VaultOpened,
        EventKinds.PolicyChanged
    );

    private readonly string[] _legalBases = settings.LegalBases.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Everything that this record counts for.</summary>
    public IEnumerable<Tally> Of(SeenRecord seen) =>
        new[]
        {
            Canary(seen),
            NoConsent(seen),
            Clerk(seen, AlarmCodes.Clerk, Hour),
            Clerk(seen, AlarmCodes.ClerkDay, Day),
            Odd(seen),
            Volume(seen),
            Refused(seen),
            Privileged(seen),
        }.OfType<Tally>();

    /// <summary>Whether so much is an alarm.</summary>
    public bool Rings(TallyKey key, long count, long outOf, Baseline? baseline) =>
        key.Code switch
        {
            AlarmCodes.Volume => count >= MostOf(key, baseline),
            AlarmCodes.Clerk => count >= settings.ClerkAnHour,
            AlarmCodes.ClerkDay => count >= settings.ClerkADay,
            AlarmCodes.Odd => count >= settings.OddAtLeast,
            AlarmCodes.Refused => count >= (IsStaffDoor(key.Subject) ? settings.StaffRefused : settings.RefusedAtLeast)
                && count * 100 >= outOf * settings.RefusedPercent,
            _ => count > 0,
        };

    private static Tally? Canary(SeenRecord seen) =>
        seen.IsCanary ? One(AlarmCodes.Canary, seen.Record.Via, seen.At, Day) : null;

    // The platform's own transfers stand on a consent, or do not happen; of others' records the log alone can tell.
    private Tally? NoConsent(SeenRecord seen)
    {
        var record = seen.Record;
        if (record.Persons == 0 || record.Result != "ok" || record.Via == Platform)
            return null;
        if (record.ConsentHash is not null || seen.IsPaired)
            return null;
        return Array.Exists(_legalBases, basis => record.Reason.StartsWith(basis, StringComparison.Ordinal))
            ? null
            : One(AlarmCodes.NoConsent, $"{record.Via} {record.From}", seen.At, Day);
    }

    private static Tally? Clerk(SeenRecord seen, string code, TimeSpan length) =>
        seen.Record.Actor is { } actor && IsReading(seen.Record)
            ? Many(code, Who(seen.Record, actor), seen.At, length, seen.Record.Persons)
            : null;

    private Tally? Odd(SeenRecord seen)
    {
        var hour = seen.At.ToOffset(Taipei).Hour;
        var isOdd =
            settings.OddFrom <= settings.OddUntil
                ? hour >= settings.OddFrom && hour < settings.OddUntil
                : hour >= settings.OddFrom || hour < settings.OddUntil;
        if (!isOdd || seen.Record.Actor is not { } actor || !IsReading(seen.Record))
            return null;
        // A night is one, on either side of midnight.
        var evening = seen.At - TimeSpan.FromHours(settings.OddUntil);
        return One(AlarmCodes.Odd, Who(seen.Record, actor), evening, Day);
    }

    private static Tally? Volume(SeenRecord seen) =>
        IsReading(seen.Record)
            ? Many(AlarmCodes.Volume, $"{seen.Record.Via} {seen.Record.From}", seen.At, Hour, seen.Record.Persons)
            : null;

    private static Tally? Refused(SeenRecord seen)
    {
        var kind = seen.Record.Operation.Split('.')[0];
        var key = new TallyKey(AlarmCodes.Refused, $"{seen.Record.Via} {kind}", Start(seen.At, Hour));
        return new Tally(key, seen.Record.Result == "ok" ? 0 : 1, 1);
    }

    private static Tally? Privileged(SeenRecord seen) =>
        seen.Record.Via == Platform && Privileges.Contains(seen.Record.Operation)
            ? One(AlarmCodes.Privileged, seen.Record.Operation, seen.At, Day)
            : null;

    private static bool IsReading(LedgerRecord record) =>
        record.Persons > 0
        && record.Result == "ok"
        && (record.Via != Platform || OwnReadings.Contains(record.Operation));

    private long MostOf(TallyKey key, Baseline? baseline) =>
        baseline is { } known && key.Start - known.Since >= Day
            ? Math.Max(settings.VolumeAtLeast, (long)Math.Ceiling(known.Busiest * settings.VolumeTimes))
            : settings.VolumeOfNew;

    private static bool IsStaffDoor(string subject) => subject == $"{Platform} staff";

    // The beginning of the mark tells one acting person from another, and nobody who it is.
    private static string Who(LedgerRecord record, byte[] actor) =>
        $"{record.Via} {Base64Url.EncodeToString(actor)[..MarkLength]}";

    private static Tally One(string code, string subject, DateTimeOffset at, TimeSpan length) =>
        Many(code, subject, at, length, 1);

    private static Tally Many(string code, string subject, DateTimeOffset at, TimeSpan length, long amount) =>
        new(new TallyKey(code, subject, Start(at, length)), amount, amount);

    private static DateTimeOffset Start(DateTimeOffset at, TimeSpan length)
    {
        var local = at.ToOffset(Taipei);
        return local.AddTicks(-(local.Ticks % length.Ticks)).ToUniversalTime();
    }
}
