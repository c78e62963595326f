using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;

namespace MyData.Core.Citizens;

public static class CitizensSetup
{
    public static IServiceCollection AddCitizens(this IServiceCollection services)
    {
        services.TryAddSingleton(new CitizenSettings());
        services.AddSingleton<CitizenAccounts>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<IdentityChecks>();
        services.AddSingleton<Challenges>();
        services.AddSingleton<SignInLimits>();
        services.AddSingleton<Passkeys>();
        services.AddSingleton<CitizenContacts>();
        services.AddSingleton<AccountClosing>();
        services.AddSingleton<RestoredAccounts>();
        services.AddSingleton<HeldData>();
        AddPrunings(services);
        return services;
    }

    private static void AddPrunings(IServiceCollection services)
    {
        services.AddPruning<Challenge>("challenges", (rows, now, _) => rows.Where(c => c.ExpiresAt < now));
        services.AddPruning<ContactCode>("contact_codes", (rows, now, _) => rows.Where(c => c.ExpiresAt < now));
        services.AddPruning<IdentityCheck>("identity_checks", (rows, now, _) => rows.Where(c => c.ExpiresAt < now));
        services.AddPruning<AttemptCounter>(
            "attempt_counters",
            (rows, now, _) =>
            {
                var forgotten = now - AttemptCounter.Memory;
                return rows.Where(c => c.At < forgotten && c.ClosedUntil < now);
            }
        );
        services.AddPruning<Session>(
            "sessions",
            (rows, now, keep) =>
            {
                var ended = now - keep.EndedSessions;
                return rows.OldestFirst(s => s.Id).Where(s => s.EndedAt < ended || s.ExpiresAt < ended);
            }
        );
        services.AddPruning<Citizen>(
            "citizens",
            (rows, now, keep) =>
            {
                var unfinished = now - keep.UnfinishedAccounts;
                return rows.Where(c => c.VerifiedAt == null && c.CreatedAt < unfinished);
            }
        );
    }
}
