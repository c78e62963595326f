using MyData.Core.Notifications;

namespace MyData.Web.Features.Notices;

public static class NoticesUrls
{
    public const string Page = "/notices";
    public const string Read = "/notices/read";

    /// <summary>The page that begins after this notice; null: the newest.</summary>
    public static string From(Guid? before) => before is { } last ? $"{Page}?before={last}" : Page;

    /// <summary>Where a notice leads, or null where there is nothing more to see.</summary>
    public static string? About(NoticeView notice) =>
        notice.Kind switch
        {
            NoticeKinds.TransferReady
            or NoticeKinds.TransferEmpty
            or NoticeKinds.TransferFailed when notice["consent"] is { } consent => $"/download/{consent}",
            NoticeKinds.ComplaintReceived or NoticeKinds.ComplaintAnswered when notice["number"] is { } number =>
                $"/history/complaints/{number}",
            NoticeKinds.SignInNewDevice
            or NoticeKinds.PasskeyAdded
            or NoticeKinds.PasskeyRemoved
            or NoticeKinds.ContactChanged
            or NoticeKinds.ContactVerificationCode => "/account",
            NoticeKinds.CounterShown
            or NoticeKinds.CounterRefused
            or NoticeKinds.AgentAccepted when notice["consent"] is { } consent => $"/counter/{consent}",
            NoticeKinds.ServiceReceived
            or NoticeKinds.ServiceTook
            or NoticeKinds.ServiceStopped when notice["consent"] is { } consent => $"/services/consents/{consent}",
            NoticeKinds.CorrectionAnswered => "/corrections",
            NoticeKinds.ServiceDeleted
            or NoticeKinds.ServiceKept
            or NoticeKinds.ServiceOverdue
            or NoticeKinds.StandingFetched
            or NoticeKinds.StandingEnded
            or NoticeKinds.MemberFirst => "/consents",
            NoticeKinds.AgentEnded => "/history",
            NoticeKinds.SignInRefusedOtherPerson => "/history",
            _ => null,
        };
}
