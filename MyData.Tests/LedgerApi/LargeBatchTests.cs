using System.Net;
using MyData.Core.Data;
using MyData.Core.Recording;

namespace MyData.Tests.LedgerApi;

/// <summary>A large batch holds up nobody: so many persons and no more, and others' writes between its own.</summary>
public abstract class LargeBatchTests(ApiHouse house)
{
    [Theory]
    [InlineData(1000, HttpStatusCode.OK, null)]
    [InlineData(1001, HttpStatusCode.RequestEntityTooLarge, "sent.too_many")]
    public async Task Persons_OfAllRecordsTogether_AreCounted(int persons, HttpStatusCode status, string? code)
    {
        var half = string.Join(',', Enumerable.Repeat("\"\"", 500));
        var rest = string.Join(',', Enumerable.Repeat("\"\"", persons - 500));
        var body = $$"""{"records":[{"persons":[{{half}}]},1,{"persons":1},{"persons":[{{rest}}]}]}""";
        var answer = await house.PostAsync("/ledger/v1/records:batch", body);
        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Batch_OfSeveralWrites_GivesEachItsOwnResult_AndTheRepeatTheSame()
    {
        var sent = Enumerable
            .Range(0, 2 * SentSlices.Size + 1)
            .Select(i => i % 7 == 0 ? house.Caller.EnvelopeOf("A299001174") : house.Caller.Envelope());
        var body = $$"""{"records":[{{string.Join(',', sent.Append("1"))}}]}""";
        var first = await ResultsAsync(body);
        Assert.All(first[..^1], one => Assert.Equal(201, one.Status));
        Assert.Equal(422, first[^1].Status);
        Assert.Equal(first.Length - 1, first[..^1].Select(one => one.Index).Distinct().Count());
        var again = await ResultsAsync(body);
        Assert.All(again[..^1], one => Assert.Equal(200, one.Status));
        Assert.Equal(first.Select(one => one.Index), again.Select(one => one.Index));
    }

    [Fact]
    public async Task BadSignature_EndsTheLookingAtOthers_AndLeavesWhatStoodBefore()
    {
        var spoilt = house.Caller.Signed(house.Caller.New()) with { Result = "refused" };
        var good = house.P256.Envelope();
        var results = await ResultsAsync(
            $$"""{"records":[{{house.Caller.Envelope()}},{{ApiCaller.Envelope(spoilt)}},{{good}}]}"""
        );
        Assert.Equal([201, 403, 403], results.Select(one => one.Status));
        var alone = await house.AddAsync(good);
        Assert.Equal(HttpStatusCode.Created, alone.Status);
    }

    [Fact]
    public void Slices_KeepTheOrder_AndHaveSoManyRecordsAndTags()
    {
        int[] tags = [.. Enumerable.Repeat(0, 120), 64, 1, 49, 1, 64, .. Enumerable.Repeat(20, 5)];
        SentRecord[] all =
        [
            .. tags.Select(count => new SentRecord
            {
                Record = house.Caller.New(),
                Persons = [.. Enumerable.Repeat("", count)],
            }),
        ];
        var slices = SentSlices.Of(all).ToList();
        Assert.Equal([50, 50, 20, 1, 2, 1, 1, 2, 2, 1], slices.Select(slice => slice.Count));
        Assert.Equal(all, slices.SelectMany(slice => slice));
        Assert.Empty(SentSlices.Of([]));
    }

    private async Task<(int Status, long? Index)[]> ResultsAsync(string body)
    {
        var answer = await house.PostAsync("/ledger/v1/records:batch", body);
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        return
        [
            .. answer.Json!["results"]!.AsArray().Select(one => ((int)one!["status"]!, (long?)one["record"]?["index"])),
        ];
    }
}

public sealed class SqliteLargeBatchTests(ApiHouse house) : LargeBatchTests(house), IClassFixture<ApiHouse>;

public sealed class PostgresLargeBatchTests(PostgresApiHouse house)
    : LargeBatchTests(house),
        IClassFixture<PostgresApiHouse>;
