using MyData.Core.Services;
using MyData.Web.Ui;

namespace MyData.Web.Features.Consent;

/// <summary>Where a consent stands, as its card says it.</summary>
public enum ConsentStatus
{
    /// <summary>She looks at it, or the service has yet to come for it.</summary>
    UnderWay,

    /// <summary>The service has it, as long as she agreed to.</summary>
    Held,

    /// <summary>The service may fetch again by itself.</summary>
    Standing,

    /// <summary>It may, once she lets it go on.</summary>
    Paused,

    /// <summary>She took it back, and the service has not answered yet.</summary>
    Asked,

    /// <summary>She took it back; the service keeps it for a legal reason.</summary>
    Kept,

    /// <summary>An answer, or the receipt at the end of the retention, did not come in time.</summary>
    Overdue,

    /// <summary>She took it back, or its time is over; the service is on the national wire, where nothing is answered.</summary>
    Unanswered,

    /// <summary>The service has signed that it deleted all of it.</summary>
    Deleted,

    /// <summary>Nothing of it was ever fetched.</summary>
    Ended,
}

/// <summary>A data set of a consent.</summary>
/// <param name="DataSet">its id</param>
/// <param name="Name">in her language</param>
/// <param name="Fields">labels, all of them</param>
/// <param name="Struck">it is fetched no more</param>
public sealed record ConsentLineItem(string DataSet, string Name, IReadOnlyList<string> Fields, bool Struck);

/// <summary>A consent as its card shows it.</summary>
public sealed record ConsentLine(ServiceConsentView View, IReadOnlyList<ConsentLineItem> Items, DateTimeOffset Now)
{
    public ConsentStatus Status =>
        Held.Any(item => item.DueAt <= Now) ? ConsentStatus.Overdue
        : Alive is { PausedAt: not null } ? ConsentStatus.Paused
        : Alive is not null ? ConsentStatus.Standing
        : View.IsHeld && IsNational && (View.Request.WithdrawnAt is not null || KeptUntil <= Now)
            ? ConsentStatus.Unanswered
        : View.IsHeld && View.Request.WithdrawnAt is null ? ConsentStatus.Held
        : View.IsHeld
            ? Held.All(item => item.KeptUntil is not null) ? ConsentStatus.Kept
                : ConsentStatus.Asked
        // While it can still fetch another package, it has not deleted all of it.
        : View.IsOpen ? ConsentStatus.UnderWay
        : View.Items.Any(item => item.DeletedAt is not null) ? ConsentStatus.Deleted
        : ConsentStatus.Ended;

    public BadgeKind Kind =>
        Status switch
        {
            ConsentStatus.Overdue => BadgeKind.Bad,
            ConsentStatus.UnderWay
            or ConsentStatus.Paused
            or ConsentStatus.Asked
            or ConsentStatus.Kept
            or ConsentStatus.Unanswered => BadgeKind.Warn,
            ConsentStatus.Deleted or ConsentStatus.Standing => BadgeKind.Good,
            _ => BadgeKind.Soft,
        };

    /// <summary>It stands among what she may still want to do something about.</summary>
    public bool IsCurrent =>
        Status is not (ConsentStatus.Deleted or ConsentStatus.Ended)
        && (Status is not ConsentStatus.Unanswered || KeptUntil > Now);

    /// <summary>The service signs for nothing, and answers nothing (protocols.md B2).</summary>
    public bool IsNational => View.Content.National is not null;

    /// <summary>What the service may go on with; null where that is nothing (any more), whatever the sweep has done yet.</summary>
    public StandingConsent? Alive =>
        View.Standing is { IsAlive: true } standing && standing.Until > Now ? standing : null;

    /// <summary>The items that she may strike: not the last one, which would be the end.</summary>
    public bool MayStrike => Alive is not null && Items.Count(item => !item.Struck) > 1;

    /// <summary>By when the service must have answered.</summary>
    public DateTimeOffset? DueAt => Held.Min(item => item.DueAt);

    /// <summary>Until when the service keeps it, by its own word or by what she agreed to.</summary>
    public DateTimeOffset? KeptUntil => Held.Max(item => item.KeptUntil ?? item.DeleteBy ?? item.DueAt);

    /// <summary>Which law the service names; more than one where it names another for another package.</summary>
    public IEnumerable<string> Laws => Held.Select(item => item.KeptLaw).OfType<string>().Distinct();

    public bool IsSuspended => Held.Any(item => item.SuspendedAt is not null);

    public DateTimeOffset? DeletedAt => View.Items.Max(item => item.DeletedAt);

    private IEnumerable<ServiceItem> Held => View.Items.Where(item => item is { FetchedAt: not null, DeletedAt: null });
}
