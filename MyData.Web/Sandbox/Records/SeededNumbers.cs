using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace MyData.Web.Sandbox.Records;

/// <summary>
/// Numbers that are the same at every start: SplitMix64 from a seed of words. Only for made-up records, never for a secret.
/// </summary>
public sealed class SeededNumbers
{
    private ulong state;

    /// <param name="words">What the numbers are for, such as <c>household</c> and a persona's key.</param>
    public SeededNumbers(params ReadOnlySpan<string> words)
    {
        var seed = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', words)));
        state = BinaryPrimitives.ReadUInt64LittleEndian(seed);
    }

    public ulong Next()
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>A whole number from <paramref name="from"/> to <paramref name="to"/>, both included.</summary>
    public int Between(int from, int to) => from + (int)(Next() % (ulong)((long)to - from + 1));

    public bool Chance(int percent) => Between(1, 100) <= percent;

    public T Pick<T>(IReadOnlyList<T> choices) => choices[Between(0, choices.Count - 1)];

    public string Digits(int count) => string.Create(count, this, static (span, me) => me.Fill(span, "0123456789"));

    public string Letters(int count) =>
        string.Create(count, this, static (span, me) => me.Fill(span, "ABCDEFGHJKLMNPQRSTUVWXYZ"));

    public string Hex(int count) => string.Create(count, this, static (span, me) => me.Fill(span, "0123456789abcdef"));

    /// <summary>Characters of base64url.</summary>
    public string Code(int count) =>
        string.Create(
            count,
            this,
            static (span, me) => me.Fill(span, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        );

    public DateOnly Day(DateOnly from, DateOnly to) =>
        from >= to ? from : from.AddDays(Between(0, to.DayNumber - from.DayNumber));

    private void Fill(Span<char> span, string alphabet)
    {
        for (var i = 0; i < span.Length; i++)
        {
            span[i] = alphabet[Between(0, alphabet.Length - 1)];
        }
    }
}
