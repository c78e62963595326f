using System.Security.Cryptography;
using System.Text;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

/// <summary>Made-up content for the tests of this folder.</summary>
internal static class Samples
{
    public const string Json = """{"name":"王小明","born":"0790101"}""";

    public static DateTimeOffset Now { get; } = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000);

    public static TestSigner Signer { get; } = TestSigner.Create(Now);

    public static byte[] Package(params PackageFile[] more) =>
        PackageWriter.Write(Content(more), Signer.Key, Signer.Certificate);

    public static PackageContent Content(params PackageFile[] more) =>
        new()
        {
            DataSet = "API.7QovE2Gev6",
            SchemaVersion = 1,
            TransferId = "tx-1",
            Subject = SubjectHash.Of("A123456789"),
            Fields = ["name", "born"],
            IssuedAt = Now,
            Files = [new("data.json", Encoding.UTF8.GetBytes(Json)), new("data.csv", "name,born"u8.ToArray()), .. more],
        };

    public static byte[] Bytes(int count) => RandomNumberGenerator.GetBytes(count);

    public static SealRequest Request(params Jwk[] recipients) =>
        new()
        {
            Transfer = "tx-1",
            DataSet = "API.7QovE2Gev6",
            Sub = "pairwise-sub",
            IssuedAt = Now,
            Recipients = [.. recipients.Select(r => new SealRecipient("citizen", r.Kid!, r))],
        };
}
