using MyData.Core.Data;

namespace MyData.Tests.Data;

public sealed class IdsTests
{
    [Fact]
    public void New_ManyInOneMillisecond_SortInTheOrderOfTheirMaking()
    {
        var ids = Enumerable.Range(0, 20_000).Select(_ => Ids.New()).ToList();
        Assert.Equal(ids.Order().ToList(), ids);
        // The database keeps them as text.
        Assert.Equal(ids.Select(Text).Order(StringComparer.Ordinal).ToList(), ids.Select(Text).ToList());
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    [Fact]
    public void New_ByFourThreads_NoneTwice()
    {
        var ids = new Guid[4][];
        Parallel.For(0, ids.Length, thread => ids[thread] = [.. Enumerable.Range(0, 5_000).Select(_ => Ids.New())]);
        Assert.Equal(20_000, ids.SelectMany(own => own).Distinct().Count());
        Assert.All(ids, own => Assert.Equal(own.Order().ToList(), own));
    }

    [Fact]
    public void New_Always_IsAVersion7OfNow()
    {
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var id = Ids.New();
        Assert.Equal(7, id.Version);
        Assert.InRange(id.Variant, 8, 0xB);
        var told = Convert.ToInt64(id.ToString("N")[..12], 16);
        Assert.InRange(told, before, before + 60_000);
    }

    private static string Text(Guid id) => id.ToString("D");
}
