using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace MyData.Core.Data;

/// <summary>The one database. It has no DbSet properties: each feature maps its own entities in this assembly.</summary>
/// <param name="options">where it stands, and how</param>
/// <param name="takeBack">of a lent context: whoever lends it again instead of closing it; false to close it</param>
public sealed class MyDataDb(DbContextOptions<MyDataDb> options, Func<MyDataDb, bool>? takeBack = null)
    : DbContext(options)
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

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.ApplyConfigurationsFromAssembly(typeof(MyDataDb).Assembly);

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder) =>
        configurationBuilder.Properties<DateTimeOffset>().HaveConversion<UtcMilliseconds>();

    /// <summary>SQLite cannot order a DateTimeOffset; whole UTC milliseconds order the same way everywhere.</summary>
    private sealed class UtcMilliseconds()
        : ValueConverter<DateTimeOffset, long>(
            time => time.ToUnixTimeMilliseconds(),
            value => DateTimeOffset.FromUnixTimeMilliseconds(value)
        );
}
