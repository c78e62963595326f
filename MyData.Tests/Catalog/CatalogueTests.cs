using System.Text.Json;
using MyData.Core.Catalog;
using MyData.Core.Events;
using MyData.Tests.Support;

namespace MyData.Tests.Catalog;

public abstract class CatalogueTests(Engine engine) : IAsyncDisposable
{
    private readonly CatalogueHouse _house = new(engine);

    private Catalogue Catalogue => _house.Catalogue;

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Fact]
    public async Task Import_Twice_WritesAndTellsOnce()
    {
        Assert.True(await Catalogue.ImportAsync(SampleListings.All));
        Assert.False(await Catalogue.ImportAsync(SampleListings.All));
        var told = Assert.Single(await _house.EventsAsync());
        Assert.Equal(EventKinds.CatalogChanged, told.Kind);
        Assert.Equal(["ris", "thb", "API.Household", "API.Vehicle"], Ids(told, "added"));
    }

    [Fact]
    public async Task Import_OneThingChanged_IsSeenAtOnceAndNamedInTheEvent()
    {
        await Catalogue.ImportAsync(SampleListings.All);
        var renamed = SampleListings.Household with { Name = new("個人戶籍資料", "Own household register") };
        await Catalogue.ImportAsync([SampleListings.Registry with { DataSets = [renamed] }, SampleListings.Highways]);
        Assert.Equal(renamed.Name, (await Catalogue.FindAsync(renamed.Id))!.Listing.Name);
        var told = (await _house.EventsAsync())[^1];
        Assert.Equal(["API.Household"], Ids(told, "changed"));
        Assert.Empty(Ids(told, "added"));
    }

    [Fact]
    public async Task Import_WithoutAnAgency_TakesItOffTheListAndKeepsItsName()
    {
        await Catalogue.ImportAsync(SampleListings.All);
        await Catalogue.ImportAsync([SampleListings.Registry]);
        Assert.DoesNotContain(await Catalogue.SearchAsync(new()), view => view.Id == "API.Vehicle");
        var gone = await Catalogue.FindAsync("API.Vehicle");
        Assert.False(gone!.Listed);
        Assert.Equal(SampleListings.Vehicle.Name, gone.Listing.Name);
        Assert.Null(await Catalogue.FindClientAsync("thb-client"));
        Assert.Equal(["thb", "API.Vehicle"], Ids((await _house.EventsAsync())[^1], "removed"));
    }

    [Fact]
    public async Task Import_NewSchemaVersion_KeepsTheOldOneReadable()
    {
        await Catalogue.ImportAsync(SampleListings.All);
        var second = SampleListings.HouseholdSchema.Replace("姓名", "全名", StringComparison.Ordinal);
        await Catalogue.ImportAsync([Registry(SampleListings.Household with { Schema = second, SchemaVersion = 2 })]);
        Assert.Equal(SampleListings.HouseholdSchema, await Catalogue.FindSchemaAsync("API.Household", 1));
        Assert.Equal(second, await Catalogue.FindSchemaAsync("API.Household", 2));
        Assert.Null(await Catalogue.FindSchemaAsync("API.Household", 3));
    }

    [Fact]
    public async Task Import_OtherSchemaUnderTheSameOrAnEarlierVersion_IsRefusedWhole()
    {
        var third = SampleListings.Household with { SchemaVersion = 3 };
        await Catalogue.ImportAsync([Registry(third)]);
        var other = third with { Schema = third.Schema.Replace("姓名", "全名", StringComparison.Ordinal) };
        await Assert.ThrowsAsync<CatalogueException>(() => Catalogue.ImportAsync([Registry(other)]));
        await Assert.ThrowsAsync<CatalogueException>(() =>
            Catalogue.ImportAsync([Registry(other with { SchemaVersion = 2 })])
        );
        Assert.Equal(third.Schema, (await Catalogue.FindAsync(third.Id))!.Listing.Schema);
        Assert.Single(await _house.EventsAsync());
    }

    [Theory]
    [InlineData("戶籍", "API.Household")]
    [InlineData("台灣", "API.Household")]
    [InlineData("臺灣", "API.Household")]
    [InlineData("ｖｅｈｉｃｌｅｓ", "API.Vehicle")]
    [InlineData("  THB   name ", "API.Vehicle")]
    [InlineData("相片 公路局", "API.Vehicle")]
    [InlineData("content ris", "API.Household")]
    [InlineData("nothing of ours", null)]
    public async Task Search_Words_MustAllOccurInEitherLanguage(string text, string? only)
    {
        await Catalogue.ImportAsync(SampleListings.All);
        var found = await Catalogue.SearchAsync(new() { Text = text });
        Assert.Equal(only is null ? [] : [only], found.Select(view => view.Id));
    }

    [Fact]
    public async Task Search_CategoryAndAgency_NarrowTheList()
    {
        await Catalogue.ImportAsync(SampleListings.All);
        Assert.Equal("API.Vehicle", Assert.Single(await Catalogue.SearchAsync(new() { Category = "vehicle" })).Id);
        Assert.Equal("API.Household", Assert.Single(await Catalogue.SearchAsync(new() { ProviderId = "ris" })).Id);
        Assert.Empty(await Catalogue.SearchAsync(new() { ProviderId = "ris", Category = "vehicle" }));
        Assert.Equal(
            2,
            (
                await Catalogue.SearchAsync(
                    new()
                    {
                        Text = " ",
                        Category = "",
                        ProviderId = "",
                    }
                )
            ).Count
        );
    }

    [Fact]
    public async Task Search_NaughtyStrings_FindNothingAndBreakNothing()
    {
        await Catalogue.ImportAsync(SampleListings.All);
        foreach (var text in Vectors.Json("blns/blns.json").EnumerateArray().Select(e => e.GetString()!))
        {
            await Catalogue.SearchAsync(
                new()
                {
                    Text = text,
                    Category = text,
                    ProviderId = text,
                }
            );
            Assert.Null(await Catalogue.FindAsync(text));
        }
        await Catalogue.SearchAsync(new() { Text = new string('\uD800', 500) });
    }

    private static ProviderListing Registry(DataSetListing set) => SampleListings.Registry with { DataSets = [set] };

    private static IEnumerable<string?> Ids(Event told, string member)
    {
        using var details = JsonDocument.Parse(told.Details!);
        return [.. details.RootElement.GetProperty(member).EnumerateArray().Select(id => id.GetString())];
    }
}

public sealed class SqliteCatalogueTests() : CatalogueTests(Engine.Sqlite);

public sealed class PostgresCatalogueTests() : CatalogueTests(Engine.Postgres);
