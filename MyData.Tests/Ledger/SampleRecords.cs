using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

internal static class SampleRecords
{
    /// <summary>A full one of about 600 bytes.</summary>
    public static LedgerRecord Full { get; } =
        new()
        {
            Id = Guid.Parse("0193b3a1-7c1e-7abc-8def-0123456789ab"),
            Time = DateTimeOffset.FromUnixTimeMilliseconds(1_795_000_000_123),
            From = "ris/household@3",
            To = "citizen",
            Via = "mydata",
            Kid = "mydata-2026-1",
            Operation = "data.answer",
            Reason = "consent",
            Result = "ok",
            Identity = "oidc@LoA2",
            Fields = ["name", "birthdate", "address"],
            Persons = 1,
            Tags = [Bytes(16, 1)],
            Actor = Bytes(32, 2),
            RequestHash = Bytes(32, 3),
            ResponseHash = Bytes(32, 4),
            SealDigest = Bytes(32, 5),
            ConsentHash = Bytes(32, 6),
            PersonsHash = Bytes(32, 7),
            Signature = CallerSignature.Single(Bytes(64, 8)),
        };

    /// <summary>Only what no record lacks.</summary>
    public static LedgerRecord Small(long number = 0, string to = "citizen") =>
        new()
        {
            Id = Guid.Parse($"0193b3a1-7c1e-7abc-8def-{number:x12}"),
            Time = LogHouse.Now,
            From = "mydata",
            To = to,
            Via = "mydata",
            Kid = "k",
            Operation = "signin",
            Reason = "law",
            Result = "refused",
        };

    public static byte[] Bytes(int count, byte value) => [.. Enumerable.Repeat(value, count)];
}
