using Microsoft.Data.Sqlite;
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
        services.AddSingleton<DatabaseLock>();
        services.AddSingleton<PersonalDataVault>();
        services.AddSingleton<SealedColumns>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<CommittedEvents>();
        services.AddSingleton<IWriter, SqliteWriter>();
        services.TryAddSingleton(new RetentionSettings());
        services.AddSingleton<Housekeeping>();
        services.AddHostedService(provider => provider.GetRequiredService<Housekeeping>());
        services.AddSingleton<IDbContextFactory<MyDataDb>, SqliteReaders>();
        return services;
    }

    /// <summary>Brings the database to this version; called once at start, before anything is served.</summary>
    /// <exception cref="InvalidOperationException">Another process has this database open.</exception>
    public static void PrepareDatabase(this IServiceProvider services)
    {
        services.GetRequiredService<DatabaseLock>();
        using var db = services.GetRequiredService<IDbContextFactory<MyDataDb>>().CreateDbContext();
        DropAbandonedMigrationLock(db);
        db.Database.Migrate();
        services.GetRequiredService<SealedColumns>().SealClearRows(db);
        foreach (var preparation in services.GetServices<IPreparation>())
            preparation.Prepare();
    }

    /// <summary>Whether the database answers right now: it can be opened anew, and read.</summary>
    public static async Task<bool> DatabaseAnswersAsync(
        this IServiceProvider services,
        CancellationToken cancellationToken = default
    )
    {
        // Not by a reader that is open: that one still sees a file which was taken away, and pages that it read before.
        var settings = new SqliteConnectionStringBuilder(
            services.GetRequiredService<DatabaseSettings>().ConnectionString
        )
        {
            Mode = SqliteOpenMode.ReadOnly,
            Pooling = false,
            DefaultTimeout = 5,
        };
        await using var connection = new SqliteConnection(settings.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "SELECT COUNT(*) FROM sqlite_master";
            return await command.ExecuteScalarAsync(cancellationToken) is > 0L;
        }
        catch (SqliteException)
        {
            return false;
        }
    }

    // A process that was killed while it migrated leaves EF's lock behind, and every later start would wait for it for
    // ever. We hold the only lock that counts.
    private static void DropAbandonedMigrationLock(MyDataDb db)
    {
        var table = db.Database.SqlQueryRaw<int>(
            "SELECT COUNT(*) AS Value FROM sqlite_master WHERE type = 'table' AND name = '__EFMigrationsLock'"
        );
        if (table.Single() > 0)
            db.Database.ExecuteSqlRaw("DELETE FROM \"__EFMigrationsLock\"");
    }
}
