using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;
using MyData.Core.OpenId;

namespace MyData.Core.Services;

public static class ServicesSetup
{
    public static IServiceCollection AddServices(this IServiceCollection services)
    {
        services.TryAddSingleton(new ServiceSettings());
        return services
            .AddSingleton<PushedRequests>()
            .AddSingleton<ServiceRequests>()
            .AddSingleton<HeldPackages>()
            .AddSingleton<NationalRequests>()
            .AddSingleton<ReturnAddress>()
            .AddSingleton<ServiceHandOver>()
            .AddSingleton<ServiceRefusals>()
            .AddSingleton<ServiceTokens>()
            .AddSingleton<ServiceGrants>()
            .AddSingleton<StandingEnds>()
            .AddSingleton<StandingJudge>()
            .AddSingleton<NextFetches>()
            .AddSingleton<StandingGrants>()
            .AddSingleton<StandingConsents>()
            .AddSingleton<StandingSweeper>()
            .AddHostedService(provider => provider.GetRequiredService<StandingSweeper>())
            .AddSingleton<DeliveryNotices>()
            .AddSingleton<IServiceKeys, ServiceKeySets>()
            .AddSingleton<SignedReceipts>()
            .AddSingleton<DeliveryReceipts>()
            .AddSingleton<DeletionReceipts>()
            .AddSingleton<ServiceWithdrawals>()
            .AddSingleton<ServiceDeletions>()
            .AddSingleton<OverdueDeletions>()
            .AddSingleton<ServiceConsents>()
            .AddSingleton<SecurityEventTokens>()
            .AddSingleton<SecurityEventPoll>()
            .AddSingleton<EventAddresses>()
            .AddSingleton<RefusedEvents>()
            .AddSingleton<SecurityEventSender>()
            .AddHostedService(provider => provider.GetRequiredService<SecurityEventSender>())
            .AddSingleton<ServiceMails>()
            .AddHostedService(provider => provider.GetRequiredService<ServiceMails>())
            .AddSingleton<ServiceDeliveries>()
            .AddSingleton<IEventFollower, ServiceFollower>()
            .AddSingleton<IRestoredChoices, RestoredStandings>()
            .AddSingleton<ServiceSweeper>()
            .AddHostedService(provider => provider.GetRequiredService<ServiceSweeper>())
            .AddSealedColumn(ServiceRequest.Table, nameof(ServiceRequest.Content), ServiceRequest.ContentPurpose)
            .AddPruning<ServiceRequest>(
                ServiceRequest.Table,
                (rows, now, keep) =>
                {
                    var over = now - keep.EndedTransfers;
                    return rows.Where(r =>
                        (r.CitizenId == null && (r.ExpiresAt < now || r.State == RequestState.Ended))
                        // What a service has is followed until it says that it deleted it.
                        || (
                            r.State == RequestState.Ended
                            && r.EndedAt < over
                            && r.Items.All(i => i.FetchedAt == null)
                            // With it goes the standing consent, which may outlive a first delivery that nobody fetched.
                            && !(r.Standing != null && r.Standing.EndedAt == null)
                        )
                    );
                }
            )
            .AddPruning<ServiceKeySet>(
                ServiceKeySet.Table,
                (rows, now, _) =>
                {
                    var over = now - ServiceKeySet.Longest;
                    return rows.Where(one => one.FetchedAt < over);
                }
            )
            .AddPruning<SecurityEvent>(
                SecurityEvent.Table,
                (rows, now, keep) =>
                {
                    var (ended, never) = (now - keep.EndedTransfers, now - keep.Notices);
                    return rows.Where(e => e.EndedAt < ended || e.CreatedAt < never);
                }
            );
    }
}
