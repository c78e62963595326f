using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Tests.Support;

namespace MyData.Tests.Catalog;

public abstract class ListingTests(Engine engine) : IAsyncDisposable
{
    private readonly CatalogueHouse _house = new(engine);

    public static TheoryData<string, Func<DataSetListing, DataSetListing>> Faults =>
        new()
        {
            { "bidi override in a name", set => set with { Name = new("戶籍\u202E料", "Register") } },
            { "control character", set => set with { Description = new("一行\u0007", "A line") } },
            { "one language only", set => set with { Name = new("戶籍", "") } },
            { "id with a slash", set => set with { Id = "../etc" } },
            { "no level", set => set with { Level = AssuranceLevel.None } },
            { "no method", set => set with { Methods = [] } },
            { "version zero", set => set with { SchemaVersion = 0 } },
            { "not JSON", set => set with { Schema = "{" } },
            { "not a schema", set => set with { Schema = "[]" } },
            { "field without a label", set => set with { Schema = """{"properties":{"a":{"type":"string"}}}""" } },
            { "category with markup", set => set with { Category = "<b>" } },
            { "pattern that is none", set => WithPattern(set, "[") },
            { "pattern that needs backtracking", set => WithPattern(set, @"(a)\1") },
            { "example that does not fit", set => WithPattern(set, "[a-z]+") },
        };

    public ValueTask DisposeAsync() => _house.DisposeAsync();

    [Theory, MemberData(nameof(Faults))]
    public async Task Import_FaultyDataSet_IsRefusedAndNothingStored(
        string fault,
        Func<DataSetListing, DataSetListing> make
    )
    {
        var listing = SampleListings.Registry with { DataSets = [make(SampleListings.Household)] };
        var error = await Record.ExceptionAsync(() => _house.Catalogue.ImportAsync([SampleListings.Highways, listing]));
        Assert.True(error is CatalogueException, $"{fault}: {error}");
        Assert.Empty(await _house.Catalogue.SearchAsync(new()));
    }

    /// <summary>A clerk's office says what she may scan: nobody gets it by naming the same id.</summary>
    [Fact]
    public async Task Import_OfficeOfSomebodyElse_IsRefused_NowAndLater()
    {
        var office = new CounterOffice("tnn-1", new("甲", "A"), new("路一號", "1 Road"));
        var first = Counter("first", "甲所", office);
        foreach (
            var wrong in new[]
            {
                Counter("second", "乙所", office),
                Counter("second", "甲所", office with { Name = new("乙", "B") }),
                Counter("second", "甲所", office with { Address = new("路二號", "2 Road") }),
            }
        )
            await Assert.ThrowsAsync<CatalogueException>(() => _house.Counters.ImportAsync([first, wrong]));
        Assert.True(await _house.Counters.ImportAsync([first, Counter("second", "甲所", office)]));
        // Its organisation may be called otherwise; when it is gone, its office is nobody's.
        Assert.True(
            await _house.Counters.ImportAsync([Counter("first", "甲處", office), Counter("second", "甲處", office)])
        );
        Assert.True(await _house.Counters.ImportAsync([]));
        await Assert.ThrowsAsync<CatalogueException>(() =>
            _house.Counters.ImportAsync([Counter("third", "乙所", office)])
        );
        Assert.True(await _house.Counters.ImportAsync([Counter("third", "甲處", office)]));
    }

    private static CounterServiceListing Counter(string id, string organisation, CounterOffice office) =>
        new()
        {
            Id = id,
            Name = new("服務", "Service"),
            Organisation = new(organisation, organisation),
            Glyph = "服",
            Purpose = new("目的", "Purpose"),
            Retention = TimeSpan.FromDays(1),
            TermsVersion = 1,
            Needs = [new() { Of = [new("API.Household", ["name"])], Least = 1 }],
            Offices = [office],
        };

    [Fact]
    public async Task Import_SameIdTwice_IsRefused()
    {
        await Assert.ThrowsAsync<CatalogueException>(() =>
            _house.Catalogue.ImportAsync([SampleListings.Registry, SampleListings.Registry])
        );
        await Assert.ThrowsAsync<CatalogueException>(() =>
            _house.Catalogue.ImportAsync([SampleListings.Registry with { Glyph = "戶政" }])
        );
    }

    [Fact]
    public void Parse_EveryKindOfField_IsToldInACitizensTerms()
    {
        var fields = DataSetField.Parse(SampleListings.HouseholdSchema);
        Assert.Equal(
            [
                FieldKind.Text,
                FieldKind.Date,
                FieldKind.Choice,
                FieldKind.Picture,
                FieldKind.Money,
                FieldKind.Number,
                FieldKind.Table,
            ],
            fields.Select(field => field.Kind)
        );
        Assert.Equal(["女", "男"], fields[2].Choices);
        Assert.Equal(new LocalText("內容", "Content"), Assert.Single(fields[^1].Columns).Label);
        Assert.True(fields[0].Required && !fields[2].Required);
    }

    private static DataSetListing WithPattern(DataSetListing set, string pattern) =>
        set with
        {
            Parameters = [SampleListings.Vehicle.Parameters[0] with { Pattern = pattern }],
        };
}

public sealed class SqliteListingTests() : ListingTests(Engine.Sqlite);

public sealed class PostgresListingTests() : ListingTests(Engine.Postgres);
