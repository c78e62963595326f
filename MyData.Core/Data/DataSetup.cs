using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
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
        services.AddSingleton<PersonalDataVault>();
        services.AddSingleton<SigningKeys>();
        services.AddSingleton<CommittedEvents>();
        services.AddSingleton<IWriter, SqliteWriter>();
        services.AddPooledDbContextFactory<MyDataDb>(options =>
            options
                .UseSqlite(settings.ConnectionString)
                .UseQueryTrackingBehavior(QueryTrackingBehavior.NoTracking)
                .AddInterceptors(new SqlitePragmas())
        );
        return services;
    }

    /// <summary>Brings the database to this version; called once at start, before anything is served.</summary>
    public static void PrepareDatabase(this IServiceProvider services)
    {
        using var db = services.GetRequiredService<IDbContextFactory<MyDataDb>>().CreateDbContext();
        var folder = Path.GetDirectoryName(
            Path.GetFullPath(
                new Microsoft.Data.Sqlite.SqliteConnectionStringBuilder(db.Database.GetConnectionString()).DataSource
            )
        );
        if (folder is not null)
            Directory.CreateDirectory(folder);
        db.Database.EnsureCreated();
    }
}
