using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace MyData.Core.Data;

/// <summary>Lets <c>dotnet ef</c> see the model without a running portal.</summary>
internal sealed class DesignTimeDb : IDesignTimeDbContextFactory<MyDataDb>
{
    public MyDataDb CreateDbContext(string[] args) =>
        new(new DbContextOptionsBuilder<MyDataDb>().UseSqlite("Data Source=design.db").Options);
}
