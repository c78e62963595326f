using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;

namespace MyData.Core.Members;

public static class MembersSetup
{
    public static IServiceCollection AddMembers(this IServiceCollection services)
    {
        services.TryAddSingleton(new MemberSettings());
        return services
            .AddSingleton<IdTokens>()
            .AddSingleton<MemberValues>()
            .AddSingleton<MemberRequests>()
            .AddSingleton<MemberSignIns>()
            .AddSingleton<MemberGrants>()
            .AddSingleton<MemberReads>()
            .AddSingleton<Memberships>()
            .AddSingleton<MemberLogout>()
            .AddSingleton<IEventFollower, MemberFollower>()
            .AddSingleton<IRestoredChoices, RestoredMemberships>()
            .AddSealedColumn(MemberRequest.Table, nameof(MemberRequest.Content), MemberRequest.ContentPurpose)
            .AddPruning<MemberRequest>(MemberRequest.Table, (rows, now, _) => rows.Where(r => r.ExpiresAt < now))
            .AddPruning<Membership>(
                Membership.Table,
                (rows, now, keep) =>
                {
                    var over = now - keep.EndedTransfers;
                    return rows.Where(m => m.EndedAt < over);
                }
            );
    }
}
