using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Members;

/// <summary>
/// An older database remembers where she signs in no more, and claims that she has given up since. By the ledger's word a sign-in ends again, and its
/// service is told once more; and it gives no more than each agreement that came back: for what such a record does not name she is asked anew.
/// </summary>
internal sealed class RestoredMemberships : IRestoredChoices
{
    public IReadOnlyCollection<string> Kinds { get; } = [EventKinds.MemberEnded, EventKinds.MemberAgreed];

    public void Repeat(WriteScope scope, Guid citizenId, IReadOnlyList<RestoredChoice> choices)
    {
        foreach (var (record, _, _) in choices)
        {
            var (service, at) = (record.To, record.Time);
            var row = scope
                .Db.Set<Membership>()
                .AsNoTracking()
                .FirstOrDefault(m =>
                    // What she agreed to after that stays.
                    m.CitizenId == citizenId
                    && m.ServiceId == service
                    && m.EndedAt == null
                    && m.GivenAt <= at
                );
            if (row is null)
                continue;
            if (record.Operation == EventKinds.MemberEnded)
                Memberships.End(scope, citizenId, row.Id, session: null, restored: true);
            else
                Memberships.Narrow(scope, row, record.Fields);
        }
    }
}
