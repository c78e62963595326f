using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Catalog;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Personas;
using MyData.Web.Sandbox.Records;

namespace MyData.Tests.Sandbox;

public sealed class RecordTests
{
    private static readonly Dictionary<string, string> Years = new() { ["year"] = "114", ["INQ_YR"] = "112" };

    public static TheoryData<string> DataSets => [.. SandboxAgencies.All.SelectMany(a => a.DataSets).Select(d => d.Id)];

    [Theory, MemberData(nameof(DataSets))]
    public void Records_OfEverybody_ConformToTheSchema(string id)
    {
        var set = SandboxAgencies.All.SelectMany(a => a.DataSets).Single(d => d.Id == id);
        using var schema = JsonDocument.Parse(SandboxSchemas.Of(set));
        var found = SandboxPersonas
            .All.Select(p => (p.Key, Record: set.Build(p, Years)))
            .Where(r => r.Record is not null)
            .ToList();
        Assert.NotEmpty(found);
        foreach (var (key, record) in found)
        {
            using var data = JsonDocument.Parse(record!.Data.ToJsonString());
            var errors = SchemaCheck.Errors(schema.RootElement, data.RootElement);
            Assert.True(errors.Count == 0, $"{key}: {string.Join('\n', errors)}");
        }
    }

    [Theory, MemberData(nameof(DataSets))]
    public void Schema_EveryField_HasATitleInBothLanguages(string id)
    {
        var set = SandboxAgencies.All.SelectMany(a => a.DataSets).Single(d => d.Id == id);
        using var schema = JsonDocument.Parse(SandboxSchemas.Of(set));
        Assert.All(
            Titled(schema.RootElement),
            field =>
                Assert.True(
                    field.GetProperty("title").GetString()!.Length > 0
                        && field.GetProperty("titleEn").GetString()!.Length > 0
                )
        );
    }

    [Fact]
    public void SubjectField_OnTheNationalWire_HoldsTheIdNumber()
    {
        var national = SandboxAgencies
            .All.SelectMany(a => a.DataSets)
            .Where(d => d.Wire == WireFormat.National)
            .ToList();
        Assert.Equal(3, national.Count);
        var lin = SandboxPersonas.Find("lin")!;
        Assert.All(
            national,
            set => Assert.Equal(lin.Id.Value, (string?)set.Build(lin, Years)!.Data[set.SubjectField!])
        );
    }

    // The same on every machine and at every start: written down here once, so that a change of the generator is seen.
    [Fact]
    public void Records_Always_AreTheSame()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var set in SandboxAgencies.All.SelectMany(a => a.DataSets).Where(d => !d.Large))
        {
            foreach (var persona in SandboxPersonas.All)
                hash.AppendData(Encoding.UTF8.GetBytes(WithoutPictures(set.Build(persona, Years))));
        }
        Assert.Equal("30ee68fea77951ac", Convert.ToHexStringLower(hash.GetHashAndReset())[..16]);
    }

    [Fact]
    public void People_Differ_InWhatIsHeldAboutThem()
    {
        var records = SandboxPersonas.All.Select(p => HouseholdRecords.Build(p)["archiveNo"]!.GetValue<string>());
        Assert.Equal(12, records.Distinct().Count());
        Assert.NotEqual(
            TaxRecords.Income(SandboxPersonas.All[0], "113").ToJsonString(),
            TaxRecords.Income(SandboxPersonas.All[0], "114").ToJsonString()
        );
    }

    [Fact]
    public void Labour_Periods_FollowEachOtherWithoutOverlap()
    {
        foreach (var persona in SandboxPersonas.All.Where(p => LabourRecords.Build(p) is not null))
        {
            var periods = LabourRecords.Build(persona)!["periods"]!.AsArray();
            for (var i = 1; i < periods.Count; i++)
            {
                var end = (string)periods[i - 1]!["end"]!;
                Assert.True(string.CompareOrdinal(end, (string)periods[i]!["start"]!) <= 0, persona.Key);
            }
        }
    }

    [Fact]
    public void PriceList_Always_IsATableOfTheCountThatTheRecordNames()
    {
        var csv = LandRecords.PriceCsv.Span;
        Assert.InRange(csv.Length, 25 * 1024 * 1024, 26 * 1024 * 1024);
        Assert.Equal((int)LandRecords.Build(SandboxPersonas.All[0])["priceCount"]!, csv.Count((byte)'\n') - 1);
    }

    // Deflate may pack a picture in another way on another processor.
    private static string WithoutPictures(AgencyRecord? record)
    {
        foreach (var picture in (string[])["front", "back", "picture"])
            record?.Data.Remove(picture);
        return record?.Data.ToJsonString() ?? "-";
    }

    private static IEnumerable<JsonElement> Titled(JsonElement schema)
    {
        foreach (var property in schema.GetProperty("properties").EnumerateObject())
        {
            yield return property.Value;
            if (property.Value.TryGetProperty("items", out var items))
            {
                foreach (var inner in Titled(items))
                    yield return inner;
            }
        }
    }
}
