using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Members;

/// <summary>An older database remembers where she signs in no more: by the ledger's word it ends again, and its service is told once more.</summary>
internal sealed class RestoredMemberships : IRestoredChoices
{
    public IReadOnlyCollection<string> Kinds { get; } = [EventKinds.MemberEnded];

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
            if (row is not null)
                Memberships.End(scope, citizenId, row.Id, session: null, restored: true);
        }
    }
}
