using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Events;

namespace MyData.Core.Data;

public static class DataSetup
{
    public static IServiceCollection AddData(
        this IServiceCollection services,
        DatabaseSettings settings,
        KeyFolder keys
    )
    {
        services.AddSingleton(settings);
        services.AddSingleton(keys);
        services.AddSingleton(Engine);
        services.AddSingleton<DiskRoom>();
        services.AddSingleton<PersonalDataVault>();
        services.AddSingleton<SealedColumns>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<CommittedEvents>();
        services.AddSingleton<IWriter, WriteQueue>();
        services.TryAddSingleton(new RetentionSettings());
        services.AddSingleton<Housekeeping>();
        services.AddHostedService(provider => provider.GetRequiredService<Housekeeping>());
        services.AddSingleton<IDbContextFactory<MyDataDb>, Readers>();
        return services;
    }

    /// <summary>Brings the database to this version; called once at start, before anything is served.</summary>
    /// <exception cref="StartRefusedException">Another process uses this database; it cannot be reached; it would lose what it was given.</exception>
    public static void PrepareDatabase(this IServiceProvider services)
    {
        services.GetRequiredService<IDatabaseEngine>().Prepare();
        // PostgreSQL came later than the last column that was in clear.
        if (!services.GetRequiredService<DatabaseSettings>().IsPostgres)
        {
            using var db = services.GetRequiredService<IDbContextFactory<MyDataDb>>().CreateDbContext();
            services.GetRequiredService<SealedColumns>().SealClearRows(db);
        }
        foreach (var preparation in services.GetServices<IPreparation>())
            preparation.Prepare();
    }

    /// <summary>Whether the database answers right now: it can be opened anew, and read.</summary>
    public static Task<bool> DatabaseAnswersAsync(
        this IServiceProvider services,
        CancellationToken cancellationToken = default
    ) => services.GetRequiredService<IDatabaseEngine>().AnswersAsync(cancellationToken);

    private static IDatabaseEngine Engine(IServiceProvider services)
    {
        var settings = services.GetRequiredService<DatabaseSettings>();
        var time = services.GetRequiredService<TimeProvider>();
        return settings.IsPostgres ? new PostgresEngine(settings, time) : new SqliteEngine(settings, time);
    }
}
