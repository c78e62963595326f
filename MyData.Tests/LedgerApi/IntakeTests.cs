using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.LedgerApi;

/// <summary>Other systems record their accesses: what is taken, what a repeat gets, and how each kind of bad input is refused.</summary>
public abstract class IntakeTests(ApiHouse house)
{
    private const string Persona = "A299001174";
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<bool> Algorithms => [false, true];

    [Theory, MemberData(nameof(Algorithms))]
    public async Task Record_IsTaken_WithAReceiptThatVerifiesOffline(bool p256)
    {
        var caller = p256 ? house.P256 : house.Caller;
        var answer = await house.AddAsync(caller.EnvelopeOf(Persona, "A123456789"));
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        var entry = Encoding.UTF8.GetBytes(answer.Entry);
        answer.Proof.Verify(await house.PolicyAsync(), entry);
        var record = LedgerRecord.Parse(entry);
        Assert.Equal(2, record.Tags.Count);
        CallerSignature.Verify(record, caller.Key);
    }

    [Fact]
    public async Task Repeat_GetsTheSameIndex_AndOtherBytesAConflict()
    {
        var salt = RandomNumberGenerator.GetBytes(32);
        var record = house.Caller.Signed(house.Caller.New(salt, Persona));
        var first = await house.AddAsync(ApiCaller.Envelope(record, salt, Persona));
        await house.AddAsync(house.Caller.Envelope());
        var again = await house.AddAsync(ApiCaller.Envelope(record, salt, Persona));
        Assert.Equal(HttpStatusCode.OK, again.Status);
        Assert.Equal((first.Index, first.Entry), (again.Index, again.Entry));
        again.Proof.Verify(await house.PolicyAsync(), Encoding.UTF8.GetBytes(again.Entry));

        var other = house.Caller.Signed(record with { Result = "refused", Signature = null });
        var refused = await house.AddAsync(ApiCaller.Envelope(other, salt, Persona));
        Assert.Equal((HttpStatusCode.Conflict, "sent.conflict"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task TwentyAtOnce_OfOneRecord_AreRecordedOnce()
    {
        var envelope = house.Caller.EnvelopeOf(Persona);
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => house.AddAsync(envelope)));
        Assert.Single(answers, answer => answer.Status == HttpStatusCode.Created);
        Assert.Equal(19, answers.Count(answer => answer.Status == HttpStatusCode.OK));
        Assert.Single(answers.Select(answer => answer.Index).Distinct());
    }

    [Fact]
    public async Task Durable_IsAcceptedWithoutAReceipt()
    {
        var answer = await house.PostAsync("/ledger/v1/records?wait=durable", house.Caller.Envelope());
        Assert.Equal(HttpStatusCode.Accepted, answer.Status);
        Assert.Null(answer.Json!["proof"]);
        var wrong = await house.PostAsync("/ledger/v1/records?wait=long", house.Caller.Envelope());
        Assert.Equal((HttpStatusCode.UnprocessableEntity, "sent.wait"), (wrong.Status, wrong.Code));
    }

    [Fact]
    public async Task Batch_SignedOnce_GivesEachItsOwnResult()
    {
        var records = house.Caller.Signed([.. Enumerable.Range(0, 5).Select(_ => house.Caller.New())]);
        var spoilt = records[3] with { Result = "refused" };
        string[] sent =
        [
            ApiCaller.Envelope(records[0]),
            ApiCaller.Envelope(records[1]),
            ApiCaller.Envelope(records[1]),
            ApiCaller.Envelope(spoilt),
            ApiCaller.Envelope(records[4]),
        ];
        var answer = await house.PostAsync(
            "/ledger/v1/records:batch",
            $$"""{"records":[{{string.Join(',', sent)}}]}"""
        );
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        var results = answer.Json!["results"]!.AsArray();
        Assert.Equal([201, 201, 200, 403, 201], results.Select(one => (int)one!["status"]!));
        Assert.Equal("record.signature", (string?)results[3]!["problem"]!["code"]);
        Assert.Equal((long)results[1]!["record"]!["index"]!, (long)results[2]!["record"]!["index"]!);
        var policy = await house.PolicyAsync();
        foreach (var record in results.Select(one => one!["record"]).OfType<JsonNode>())
            LogProof
                .Parse(Encoding.UTF8.GetBytes((string)record["proof"]!))
                .Verify(policy, Encoding.UTF8.GetBytes((string)record["entry"]!));
    }

    [Theory]
    [InlineData("""{"records":[]}""", HttpStatusCode.RequestEntityTooLarge, "sent.too_many")]
    [InlineData("""{"records":{}}""", HttpStatusCode.UnprocessableEntity, "sent.member")]
    [InlineData("""{"records":[1],"x":1}""", HttpStatusCode.UnprocessableEntity, "sent.member")]
    [InlineData("""{"records":[1""", HttpStatusCode.BadRequest, "sent.json")]
    [InlineData("[]", HttpStatusCode.UnprocessableEntity, "sent.member")]
    public async Task Batch_OfAnotherForm_IsRefused(string body, HttpStatusCode status, string code)
    {
        var answer = await house.PostAsync("/ledger/v1/records:batch", body);
        Assert.Equal((status, code), (answer.Status, answer.Code));
    }

    [Fact]
    public async Task Batch_OfTooMany_IsRefused()
    {
        var body = $$"""{"records":[{{string.Join(',', Enumerable.Repeat("1", 1001))}}]}""";
        var answer = await house.PostAsync("/ledger/v1/records:batch", body);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "sent.too_many"), (answer.Status, answer.Code));
    }

    public static TheoryData<string, int, string> Bad =>
        new()
        {
            { "not json", 400, "sent.json" },
            { """{"record":{},"record":{}}""", 400, "sent.json" },
            { """{"\ud800":1}""", 400, "sent.json" },
            { "[]", 422, "sent.member" },
            { "{}", 422, "sent.member" },
            { """{"record":{},"more":1}""", 422, "sent.member" },
            { """{"record":"text"}""", 422, "sent.member" },
            { """{"record":{}}""", 422, "record.format" },
            { "BLANK", 422, "record.canonical" },
            { "SUB", 422, "record.sub" },
            { "UNSIGNED", 401, "record.unsigned" },
            { "OTHER-KEY", 403, "record.signature" },
            { "CHANGED", 403, "record.signature" },
            { "STRANGER", 403, "sent.key_unknown" },
            { "REVOKED", 403, "sent.key_revoked" },
            { "TOMORROW", 422, "sent.time" },
            { "YESTERDAY", 422, "sent.time" },
            { "1970", 422, "sent.time" },
            { "LARGE", 413, "sent.too_large" },
            { "LONG", 413, "record.too_large" },
            { "NO-PERSONS", 422, "sent.persons" },
            { "NO-SALT", 422, "sent.who" },
            { "SALT", 422, "sent.salt" },
            { "HALF-PERSON", 422, "sent.persons" },
            { "HALF-SALT", 422, "sent.salt" },
            { "WHO", 422, "sent.who" },
            { "NOBODY", 422, "sent.persons" },
            { "LOWER", 422, "sent.persons" },
            { "TWICE", 422, "sent.persons" },
        };

    [Theory, MemberData(nameof(Bad))]
    public async Task BadInput_IsRefusedByItsCode_AndLeavesNothing(string what, int status, string code)
    {
        var body = await BodyAsync(what);
        var before = await CountAsync();
        var answer = await house.AddAsync(body);
        Assert.Equal((status, code), ((int)answer.Status, answer.Code));
        Assert.Equal("application/problem+json", answer.Message.Content.Headers.ContentType!.MediaType);
        Assert.Equal(before, await CountAsync());
    }

    public static TheoryData<string, bool> Texts =>
        new()
        {
            { "act-12.3 /a:b@2_C", true },
            { new string('a', 128), true },
            { "A123456780", true },
            { "XA1234567891", true },
            { new string('a', 129), false },
            { "王小明", false },
            { "a+b", false },
            { "A123456789", false },
            { "case/a123456789@1", false },
            { "of_A299001174_", false },
        };

    /// <summary>What stands in a record is public for ever.</summary>
    [Theory, MemberData(nameof(Texts))]
    public async Task Texts_AreCodes_AndNoNationalIdNumber(string text, bool isTaken)
    {
        var record = house.Caller.New();
        LedgerRecord[] sent =
        [
            record with
            {
                Reason = text,
            },
            record with
            {
                From = text,
            },
            record with
            {
                To = text,
            },
            record with
            {
                Operation = text,
            },
            record with
            {
                Result = text,
            },
            record with
            {
                Identity = text,
            },
            record with
            {
                Fields = ["name", text],
            },
        ];
        foreach (var one in sent.Select(one => one with { Id = Guid.CreateVersion7() }))
        {
            var answer = await house.AddAsync(ApiCaller.Envelope(house.Caller.Signed(one)));
            var expected = isTaken ? (HttpStatusCode.Created, null) : (HttpStatusCode.UnprocessableEntity, "sent.text");
            Assert.Equal(expected, (answer.Status, answer.Code));
        }
    }

    [Fact]
    public async Task BytesThatAreNoText_AreRefused()
    {
        var intake = house.Portal.Services.GetRequiredService<LedgerIntake>();
        byte[] body = [.. "{\"record\":{\"a\":\""u8, 0xFF, .. "\"}}"u8];
        var result = await intake.TakeAsync(body, durable: true, Stop);
        Assert.StartsWith("record.", result.Refusal!.Code, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnotherMediaType_IsRefused()
    {
        var answer = await house.PostAsync("/ledger/v1/records", house.Caller.Envelope(), "text/plain");
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "sent.media_type"), (answer.Status, answer.Code));
    }

    private Task<int> CountAsync() =>
        house.Portal.ReadAsync(db => Task.FromResult(db.Set<LedgerEntryRow>().Count(row => row.EventId == null)));

    private async Task<string> BodyAsync(string what)
    {
        var caller = house.Caller;
        var salt = RandomNumberGenerator.GetBytes(32);
        var record = caller.New();
        var ofOne = caller.Signed(caller.New(salt, Persona));
        switch (what)
        {
            case "BLANK":
                return caller.Envelope().Replace("\"from\":", "\"from\": ", StringComparison.Ordinal);
            case "SUB":
                var tagged = ofOne with { Tags = [new byte[PersonTag.Size]] };
                return $$"""{"record":{{Encoding.UTF8.GetString(tagged.ToBytes())}}}""";
            case "UNSIGNED":
                return ApiCaller.Envelope(record);
            case "OTHER-KEY":
                return ApiCaller.Envelope(house.P256.Signed(record));
            case "CHANGED":
                return ApiCaller.Envelope(caller.Signed(record) with { Result = "refused" });
            case "STRANGER":
                return ApiCaller.NewEd25519("nobody-knows").Envelope();
            case "REVOKED":
                var revoked = await ApiCaller.NewEd25519("test-revoked").RegisterAsync(house.Keys);
                Assert.True(await house.Keys.RevokeAsync(revoked.Name, revoked.Key.Kid, Stop));
                return revoked.Envelope();
            case "TOMORROW":
                return ApiCaller.Envelope(caller.Signed(record with { Time = record.Time.AddDays(1) }));
            case "YESTERDAY":
                return ApiCaller.Envelope(caller.Signed(record with { Time = record.Time.AddDays(-1.001) }));
            case "1970":
                return ApiCaller.Envelope(caller.Signed(record with { Time = DateTimeOffset.UnixEpoch }));
            case "LARGE":
                return new string(' ', 33 * 1024);
            case "LONG":
                // Fits as it was sent, and not with its 64 tags.
                var many = Enumerable.Range(0, 64).Select(Number).ToArray();
                var fields = Enumerable.Range(0, 56).Select(i => $"{i:d3}" + new string('f', 120)).ToList();
                var grown = caller.Signed(caller.New(salt, many) with { Fields = fields });
                return ApiCaller.Envelope(grown, salt, many);
            case "NO-PERSONS":
                return ApiCaller.Envelope(ofOne);
            case "NO-SALT":
                return $$"""{"record":{{Encoding.UTF8.GetString(ofOne.ToSentBytes())}},"persons":["{{Persona}}"]}""";
            case "SALT":
                return $$"""{"record":{{Encoding.UTF8.GetString(ofOne.ToSentBytes())}},"persons":["{{Persona}}"],"salt":"x"}""";
            case "HALF-PERSON":
                return $$"""{"record":{{Encoding.UTF8.GetString(ofOne.ToSentBytes())}},"persons":["\ud800"],"salt":"x"}""";
            case "HALF-SALT":
                return $$"""{"record":{{Encoding.UTF8.GetString(ofOne.ToSentBytes())}},"persons":["{{Persona}}"],"salt":"\ud800"}""";
            case "WHO":
                return ApiCaller.Envelope(ofOne, salt, "A123456789");
            case "NOBODY":
                return ApiCaller.Envelope(ofOne, salt, "A299001175");
            case "LOWER":
                return ApiCaller.Envelope(ofOne, salt, "a299001174");
            case "TWICE":
                return ApiCaller.Envelope(caller.Signed(caller.New(salt, Persona, Persona)), salt, Persona, Persona);
            default:
                return what;
        }
    }

    private static string Number(int which) =>
        MyData.Core.Citizens.NationalId.Complete($"A1{which.ToString("d7", CultureInfo.InvariantCulture)}").Value;
}

public sealed class SqliteIntakeTests(ApiHouse house) : IntakeTests(house), IClassFixture<ApiHouse>;

public sealed class PostgresIntakeTests(PostgresApiHouse house) : IntakeTests(house), IClassFixture<PostgresApiHouse>;
