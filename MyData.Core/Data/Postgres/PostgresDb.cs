using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace MyData.Core.Data;

/// <summary>
/// The same database as <see cref="MyDataDb"/>, for PostgreSQL's own set of migrations: Entity Framework finds a migration by the type of its
/// context. Nobody reads or writes by it.
/// </summary>
public sealed class PostgresDb(DbContextOptions<MyDataDb> options) : MyDataDb(options);

/// <summary>Lets <c>dotnet ef</c> see PostgreSQL's model without a server.</summary>
internal sealed class DesignTimePostgresDb : IDesignTimeDbContextFactory<PostgresDb>
{
    public PostgresDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<MyDataDb>().UseNpgsql("Host=design").Options);
}
