using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace MyData.Core.Data;

/// <summary>The one database. It has no DbSet properties: each feature maps its own entities in this assembly.</summary>
/// <param name="options">where it stands, and how</param>
/// <param name="takeBack">of a lent context: whoever lends it again instead of closing it; false to close it</param>
public class MyDataDb(DbContextOptions<MyDataDb> options, Func<MyDataDb, bool>? takeBack = null) : DbContext(options)
{
    private bool _lent = takeBack is not null;

    internal void Lend() => Volatile.Write(ref _lent, true);

    /// <summary>Ends a lent context, whoever has it.</summary>
    internal void Close() => base.Dispose();

    public override void Dispose()
    {
        if (!GoesBack())
            base.Dispose();
    }

    public override ValueTask DisposeAsync() => GoesBack() ? ValueTask.CompletedTask : base.DisposeAsync();

    // Once for each time that it was lent: two users of one context would be the end of both.
    private bool GoesBack() => takeBack is not null && (!Interlocked.Exchange(ref _lent, false) || takeBack(this));

    // Else each start builds the newest migration's model anew and compares; a test does that once.
    protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder) =>
        optionsBuilder.ConfigureWarnings(warnings => warnings.Ignore(RelationalEventId.PendingModelChangesWarning));

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(MyDataDb).Assembly);
        if (!Database.IsNpgsql())
            return;
        // By bytes, as SQLite orders and compares; and no index depends on a system's library, which another node has in another version.
        var texts = modelBuilder
            .Model.GetEntityTypes()
            .SelectMany(entity => entity.GetProperties())
            .Where(property => (property.GetProviderClrType() ?? property.ClrType) == typeof(string));
        foreach (var text in texts)
            text.SetCollation("C");
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcMilliseconds>();

    /// <summary>SQLite cannot order a DateTimeOffset; whole UTC milliseconds order the same way everywhere.</summary>
    private sealed class UtcMilliseconds()
        : ValueConverter<DateTimeOffset, long>(
            time => time.ToUnixTimeMilliseconds(),
            value => DateTimeOffset.FromUnixTimeMilliseconds(value)
        );
}
