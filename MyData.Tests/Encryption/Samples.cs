using System.Security.Cryptography;
using MyData.Core.Encryption;

namespace MyData.Tests.Encryption;

/// <summary>Made-up content for the tests of this folder.</summary>
internal static class Samples
{
    public static byte[] Bytes(int count) => RandomNumberGenerator.GetBytes(count);

    public static SealRequest Request(params Jwk[] recipients) =>
        new()
        {
            Transfer = "tx-1",
            DataSet = "API.7QovE2Gev6",
            Sub = "pairwise-sub",
            IssuedAt = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000),
            Recipients = [.. recipients.Select(r => new SealRecipient("citizen", r.Kid!, r))],
        };
}
