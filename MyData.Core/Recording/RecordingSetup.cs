using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;

namespace MyData.Core.Recording;

public static class RecordingSetup
{
    public static IServiceCollection AddRecording(this IServiceCollection services)
    {
        services.TryAddSingleton(new LedgerSettings());
        services.AddSingleton<OpenLogs>();
        services.AddSingleton<LogOpening>();
        services.AddSingleton<PersonKeys>();
        services.AddSingleton<PersonMarks>();
        services.AddSingleton<KnownConsents>();
        services.AddSingleton<SentEntries>();
        services.AddSingleton<ISentFollower, HoldFollower>();
        services.AddSingleton<LedgerHolds>();
        services.AddSingleton<IRestoredFollower>(provider => provider.GetRequiredService<LedgerHolds>());
        services.AddSingleton<ClientKeys>();
        services.AddSingleton<ICallerRoster>(provider => provider.GetRequiredService<ClientKeys>());
        services.AddSingleton<IRestoredFollower>(provider => provider.GetRequiredService<ClientKeys>());
        services.AddSingleton<ISentRecords, SentLookup>();
        services.AddSingleton<LedgerIntake>();
        services.AddSingleton<SyslogIntake>();
        services.AddSingleton<SyslogFigures>();
        services.AddSingleton<ICommitLog, CommitSequencer>();
        services.AddSingleton<LedgerNodes>();
        services.AddSingleton<LedgerIncidents>();
        services.AddSingleton<WitnessHttp>();
        services.AddSingleton<WitnessDispute>();
        services.AddSingleton<WitnessDelivery>();
        services.AddSingleton<WitnessRounds>();
        services.AddSingleton<ILedgerQuorum>(provider => provider.GetRequiredService<WitnessRounds>());
        services.AddHostedService(provider => provider.GetRequiredService<WitnessRounds>());
        services.AddSingleton<IReleaseGate, ReleaseGate>();
        services.AddSingleton<LedgerReceipts>();
        services.AddSingleton<LedgerFiles>();
        services.AddSingleton<LedgerRecords>();
        services.AddSingleton<LedgerBoard>();
        services.AddSingleton<WatchedPeople>();
        services.AddSingleton<EvidenceBundle>();
        services.AddSingleton<PersonLedger>();
        services.AddSingleton<PersonAccesses>();
        services.AddSingleton<LedgerPulse>();
        services.AddHostedService(provider => provider.GetRequiredService<LedgerPulse>());
        services.AddSingleton<TileKeeper>();
        services.AddHostedService(provider => provider.GetRequiredService<TileKeeper>());
        services.AddSingleton<LedgerScrub>();
        services.AddHostedService(provider => provider.GetRequiredService<LedgerScrub>());
        services.AddSingleton<NodeReports>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeReports>());
        services.AddSingleton<NodeDatabases>();
        services.AddHostedService(provider => provider.GetRequiredService<NodeDatabases>());
        services.AddSingleton<PolicyHistory>();
        services.AddHostedService(provider => provider.GetRequiredService<PolicyHistory>());
        services.AddSingleton<LogLooking>();
        services.AddSingleton<OwnTags>();
        services.AddSingleton<LostRecords>();
        services.AddSingleton<RestoredConsents>();
        services.AddSingleton<IRecoveries>(provider => provider.GetRequiredService<LedgerIncidents>());
        services.AddSingleton<LogRecovery>();
        services.AddHostedService(provider => provider.GetRequiredService<LogRecovery>());
        services.AddSingleton(provider => new LedgerRecovery(provider.GetRequiredService<LogRecovery>()));
        services.AddSingleton<IPreparation, LedgerStart>();
        return services;
    }
}
