using MyData.Core.Events;

namespace MyData.Core.History;

/// <summary>What a line is about, for the filter.</summary>
public enum HistoryTopic
{
    /// <summary>Consents given, refused, withdrawn.</summary>
    Consent,

    /// <summary>Data on its way: agencies asked, packages arrived, opened, deleted; who read who she is.</summary>
    Data,

    /// <summary>Proofs of identity, sign-ins, sessions.</summary>
    SignIn,

    /// <summary>Contact, settings, passkeys, the account itself.</summary>
    Account,

    /// <summary>What she was told.</summary>
    Notice,

    Complaint,

    /// <summary>What she showed at a counter, and who acted for whom.</summary>
    Counter,

    /// <summary>What online services asked for, and what was handed over to them.</summary>
    Service,
}

/// <summary>How a step ended.</summary>
public enum HistoryResult
{
    Done,

    /// <summary>The agency holds nothing on her.</summary>
    Nothing,

    /// <summary>Somebody said no: she, an agency, or the platform.</summary>
    Refused,

    /// <summary>It did not come about.</summary>
    Failed,
}

/// <summary>Which kinds of event a citizen sees, what they are about, and how those end that do not end well.</summary>
public static class HistoryKinds
{
    private static readonly Dictionary<string, HistoryTopic> Topics = new()
    {
        [EventKinds.SignInStarted] = HistoryTopic.SignIn,
        [EventKinds.SignInSucceeded] = HistoryTopic.SignIn,
        [EventKinds.SignInRefused] = HistoryTopic.SignIn,
        [EventKinds.IdentityVerified] = HistoryTopic.SignIn,
        [EventKinds.SessionEnded] = HistoryTopic.SignIn,
        [EventKinds.PasskeyAdded] = HistoryTopic.Account,
        [EventKinds.PasskeyRemoved] = HistoryTopic.Account,
        [EventKinds.ContactChanged] = HistoryTopic.Account,
        [EventKinds.ContactVerified] = HistoryTopic.Account,
        [EventKinds.PreferencesChanged] = HistoryTopic.Account,
        [EventKinds.AccountClosed] = HistoryTopic.Account,
        [EventKinds.ConsentGiven] = HistoryTopic.Consent,
        [EventKinds.ConsentRefused] = HistoryTopic.Consent,
        [EventKinds.ConsentWithdrawn] = HistoryTopic.Consent,
        [EventKinds.TransferRequested] = HistoryTopic.Data,
        [EventKinds.TransferCalled] = HistoryTopic.Data,
        [EventKinds.TransferPreparing] = HistoryTopic.Data,
        [EventKinds.TransferReady] = HistoryTopic.Data,
        [EventKinds.TransferEmpty] = HistoryTopic.Data,
        [EventKinds.TransferFailed] = HistoryTopic.Data,
        [EventKinds.TransferClaimed] = HistoryTopic.Data,
        [EventKinds.TransferDone] = HistoryTopic.Data,
        [EventKinds.TransferExpired] = HistoryTopic.Data,
        [EventKinds.TransferHandedOver] = HistoryTopic.Data,
        [EventKinds.CounterMade] = HistoryTopic.Counter,
        [EventKinds.CounterRenewed] = HistoryTopic.Counter,
        [EventKinds.CounterCancelled] = HistoryTopic.Counter,
        [EventKinds.CounterExpired] = HistoryTopic.Counter,
        [EventKinds.CounterScanned] = HistoryTopic.Counter,
        [EventKinds.CounterRefused] = HistoryTopic.Counter,
        [EventKinds.CounterDeclined] = HistoryTopic.Counter,
        [EventKinds.CounterConfirmed] = HistoryTopic.Counter,
        [EventKinds.CounterOpened] = HistoryTopic.Counter,
        [EventKinds.CounterPrinted] = HistoryTopic.Counter,
        [EventKinds.CounterCaseNoted] = HistoryTopic.Counter,
        [EventKinds.CounterTakenOver] = HistoryTopic.Counter,
        [EventKinds.CounterFinished] = HistoryTopic.Counter,
        [EventKinds.ServiceAsked] = HistoryTopic.Service,
        [EventKinds.ServiceEnded] = HistoryTopic.Service,
        [EventKinds.ServiceHandedOver] = HistoryTopic.Service,
        [EventKinds.ServiceTokenGiven] = HistoryTopic.Service,
        [EventKinds.ServiceTicketGiven] = HistoryTopic.Service,
        [EventKinds.ServiceRefused] = HistoryTopic.Service,
        [EventKinds.ServiceFetched] = HistoryTopic.Service,
        [EventKinds.ServiceReceived] = HistoryTopic.Service,
        [EventKinds.ServiceAskedToDelete] = HistoryTopic.Service,
        [EventKinds.ServiceNotified] = HistoryTopic.Service,
        [EventKinds.ServiceEventRefused] = HistoryTopic.Service,
        [EventKinds.ServiceAgencyTold] = HistoryTopic.Service,
        [EventKinds.ServiceDeleted] = HistoryTopic.Service,
        [EventKinds.ServiceKept] = HistoryTopic.Service,
        [EventKinds.ServiceOverdue] = HistoryTopic.Service,
        [EventKinds.ServiceSuspended] = HistoryTopic.Service,
        [EventKinds.StandingAgreed] = HistoryTopic.Service,
        [EventKinds.StandingUsed] = HistoryTopic.Service,
        [EventKinds.StandingPaused] = HistoryTopic.Service,
        [EventKinds.StandingResumed] = HistoryTopic.Service,
        [EventKinds.StandingStruck] = HistoryTopic.Service,
        [EventKinds.StandingEnded] = HistoryTopic.Service,
        [EventKinds.MemberAgreed] = HistoryTopic.Service,
        [EventKinds.MemberSignedIn] = HistoryTopic.Service,
        [EventKinds.MemberRefused] = HistoryTopic.Service,
        [EventKinds.MemberTokenGiven] = HistoryTopic.Service,
        [EventKinds.MemberRead] = HistoryTopic.Service,
        [EventKinds.MemberEnded] = HistoryTopic.Service,
        [EventKinds.AgentAppointed] = HistoryTopic.Counter,
        [EventKinds.AgentAccepted] = HistoryTopic.Counter,
        [EventKinds.AgentTookOn] = HistoryTopic.Counter,
        [EventKinds.AgentHandedOn] = HistoryTopic.Counter,
        [EventKinds.AgentEnded] = HistoryTopic.Counter,
        [EventKinds.CorrectionAsked] = HistoryTopic.Data,
        [EventKinds.CorrectionTaken] = HistoryTopic.Data,
        [EventKinds.CorrectionAnswered] = HistoryTopic.Data,
        [EventKinds.SideMissing] = HistoryTopic.Data,
        [EventKinds.SideDiffers] = HistoryTopic.Data,
        [EventKinds.ClaimRefused] = HistoryTopic.Data,
        [EventKinds.PackageRefused] = HistoryTopic.Data,
        [EventKinds.SubjectIntrospected] = HistoryTopic.Data,
        [EventKinds.SubjectRead] = HistoryTopic.Data,
        [EventKinds.NoticeQueued] = HistoryTopic.Notice,
        [EventKinds.ComplaintFiled] = HistoryTopic.Complaint,
        [EventKinds.ComplaintOpened] = HistoryTopic.Complaint,
        [EventKinds.ComplaintAnswered] = HistoryTopic.Complaint,
    };

    private static readonly Dictionary<string, HistoryResult> Ends = new()
    {
        [EventKinds.SignInRefused] = HistoryResult.Refused,
        [EventKinds.ConsentRefused] = HistoryResult.Refused,
        [EventKinds.ClaimRefused] = HistoryResult.Refused,
        [EventKinds.PackageRefused] = HistoryResult.Refused,
        [EventKinds.CounterRefused] = HistoryResult.Refused,
        [EventKinds.CounterDeclined] = HistoryResult.Refused,
        [EventKinds.ServiceRefused] = HistoryResult.Refused,
        [EventKinds.MemberRefused] = HistoryResult.Refused,
        [EventKinds.TransferFailed] = HistoryResult.Failed,
        [EventKinds.SideMissing] = HistoryResult.Failed,
        [EventKinds.SideDiffers] = HistoryResult.Failed,
        [EventKinds.ServiceOverdue] = HistoryResult.Failed,
        [EventKinds.TransferEmpty] = HistoryResult.Nothing,
    };

    // Their code tells the way in which something ended as it should.
    private static readonly string[] AlwaysDone =
    [
        EventKinds.SessionEnded,
        EventKinds.TransferExpired,
        EventKinds.CounterExpired,
        EventKinds.ServiceEnded,
        EventKinds.ServiceSuspended,
        EventKinds.StandingEnded,
    ];

    /// <summary>Every kind that can concern a citizen.</summary>
    public static IReadOnlyCollection<string> All => Topics.Keys;

    public static HistoryTopic TopicOf(string kind) => Topics.GetValueOrDefault(kind, HistoryTopic.Account);

    public static HistoryResult ResultOf(string kind, string code) =>
        Ends.TryGetValue(kind, out var end) ? end
        : code == "ok" || AlwaysDone.Contains(kind) ? HistoryResult.Done
        : HistoryResult.Refused;

    internal static IQueryable<Event> About(this IQueryable<Event> events, HistoryTopic topic)
    {
        var kinds = Topics.Where(t => t.Value == topic).Select(t => t.Key).ToArray();
        return events.Where(e => kinds.Contains(e.Kind));
    }

    /// <summary><see cref="ResultOf"/> as a query.</summary>
    internal static IQueryable<Event> Ending(this IQueryable<Event> events, HistoryResult result)
    {
        var kinds = Ends.Where(e => e.Value == result).Select(e => e.Key).ToArray();
        var special = Ends.Keys.ToArray();
        var done = AlwaysDone;
        return result switch
        {
            HistoryResult.Done => events.Where(e =>
                !special.Contains(e.Kind) && (e.Code == "ok" || done.Contains(e.Kind))
            ),
            HistoryResult.Refused => events.Where(e =>
                kinds.Contains(e.Kind) || (!special.Contains(e.Kind) && e.Code != "ok" && !done.Contains(e.Kind))
            ),
            _ => events.Where(e => kinds.Contains(e.Kind)),
        };
    }
}
