namespace MyData.Core.Events;

/// <summary>Every kind of event; <c>Events/README.md</c> says in words what each one means, and a test keeps it true.</summary>
public static class EventKinds
{
    public const string SignInStarted = "signin.started";
    public const string SignInSucceeded = "signin.succeeded";
    public const string SignInRefused = "signin.refused";
    public const string IdentityVerified = "identity.verified";
    public const string SessionEnded = "session.ended";
    public const string PasskeyAdded = "passkey.added";
    public const string PasskeyRemoved = "passkey.removed";
    public const string ContactChanged = "contact.changed";
    public const string ContactVerified = "contact.verified";
    public const string PreferencesChanged = "preferences.changed";
    public const string AccountClosed = "account.closed";
    public const string ConsentGiven = "consent.given";
    public const string ConsentRefused = "consent.refused";
    public const string ConsentWithdrawn = "consent.withdrawn";
    public const string TransferRequested = "transfer.requested";
    public const string TransferCalled = "transfer.called";
    public const string TransferPreparing = "transfer.preparing";
    public const string TransferReady = "transfer.ready";
    public const string TransferEmpty = "transfer.empty";
    public const string TransferFailed = "transfer.failed";
    public const string TransferClaimed = "transfer.claimed";
    public const string TransferDone = "transfer.done";
    public const string TransferExpired = "transfer.expired";
    public const string PackageRefused = "package.refused";
    public const string ClaimRefused = "transfer.claim-refused";
    public const string SubjectIntrospected = "subject.introspected";
    public const string SubjectRead = "subject.read";
    public const string ComplaintFiled = "complaint.filed";
    public const string ComplaintOpened = "complaint.opened";
    public const string ComplaintAnswered = "complaint.answered";
    public const string NoticeQueued = "notice.queued";
    public const string CatalogChanged = "catalog.changed";
    public const string KeyRolled = "key.rolled";
    public const string LedgerKeyAdded = "ledger.key-added";
    public const string LedgerKeyRevoked = "ledger.key-revoked";
    public const string StaffEnrolled = "staff.enrolled";
    public const string StaffSignedIn = "staff.signed-in";
    public const string StaffSignedOut = "staff.signed-out";
    public const string StaffRefused = "staff.refused";
    public const string StaffPasskeyAdded = "staff.passkey-added";
    public const string StaffPasskeyRemoved = "staff.passkey-removed";
    public const string StaffLeft = "staff.left";
}
