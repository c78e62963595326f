using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Notifications;

namespace MyData.Core.Citizens;

/// <summary>
/// Closing an account: who she is, how she is reached, her passkeys and sessions go in one write, and its event tells the
/// other features to end theirs. What stays are events under an id that no longer leads to anybody.
/// </summary>
public sealed class AccountClosing(IWriter writer, CitizenAccounts accounts, INotices notices)
{
    public async Task CloseAsync(Guid citizenId, Guid sessionId, CancellationToken cancellationToken = default)
    {
        var contact = await accounts.ContactAsync(citizenId, cancellationToken);
        var to = contact is { Verified: true, Email: { } address } ? notices.Seal(citizenId, address) : null;
        await writer.WriteAsync(
            scope =>
            {
                Sessions.End(scope, s => s.CitizenId == citizenId, SessionEnds.AccountClosed);
                scope.Raise(
                    new Event
                    {
                        Kind = EventKinds.AccountClosed,
                        CitizenId = citizenId,
                        SessionId = sessionId,
                        Actor = "citizen",
                    }
                );
                notices.Forget(scope, citizenId);
                if (to is not null)
                    notices.Queue(scope, citizenId, NoticeKinds.AccountClosed, new { when = scope.Now, to });
                var db = scope.Db;
                db.Set<Passkey>().Where(p => p.CitizenId == citizenId).ExecuteDelete();
                db.Set<ContactCode>().Where(c => c.CitizenId == citizenId).ExecuteDelete();
                db.Set<IdentityCheck>().Where(c => c.CitizenId == citizenId).ExecuteDelete();
                db.Set<Citizen>().Where(c => c.Id == citizenId).ExecuteDelete();
                scope.Erase();
            },
            cancellationToken
        );
    }
}
