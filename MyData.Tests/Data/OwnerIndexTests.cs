using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Tests.Support;

namespace MyData.Tests.Data;

public sealed class OwnerIndexTests
{
    /// <summary>What is looked up for one citizen must not read everybody's rows.</summary>
    [Fact]
    public async Task Tables_ThatNameACitizen_AreIndexedByHer()
    {
        await using var host = new CoreHost();
        await using var db = await host.Get<IDbContextFactory<MyDataDb>>()
            .CreateDbContextAsync(TestContext.Current.CancellationToken);
        var slow = db
            .Model.GetEntityTypes()
            .Where(entity =>
                entity.FindProperty("CitizenId") is { } owner
                && !entity.GetIndexes().Any(index => index.Properties[0] == owner)
                && !entity.GetKeys().Any(key => key.Properties[0] == owner)
            )
            .Select(entity => entity.GetTableName());
        Assert.Empty(slow);
    }
}
