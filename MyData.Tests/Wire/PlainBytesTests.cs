using System.Runtime.InteropServices;
using MyData.Core.Wire;

namespace MyData.Tests.Wire;

public sealed class PlainBytesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null)]
    [InlineData(0L)]
    [InlineData(700_000L)]
    public async Task Read_WhateverWasAnnounced_HoldsAllAndWipesEveryBuffer(long? announced)
    {
        var sent = Enumerable.Range(0, 700_000).Select(i => (byte)(1 + i % 255)).ToArray();
        var source = new Watching(sent);
        using (var plain = new PlainBytes(announced))
        {
            await plain.ReadAsync(source, Token);
            Assert.Equal(sent, plain.Content.ToArray());
        }
        Assert.NotEmpty(source.Given);
        Assert.All(source.Given, buffer => Assert.False(buffer.AsSpan().ContainsAnyExcept((byte)0)));
        if (announced == sent.Length)
            Assert.Single(source.Given);
    }

    /// <summary>Remembers the arrays into which it was read.</summary>
    private sealed class Watching(byte[] content) : MemoryStream(content)
    {
        public HashSet<byte[]> Given { get; } = new(ReferenceEqualityComparer.Instance);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Assert.True(MemoryMarshal.TryGetArray<byte>(buffer, out var array));
            Given.Add(array.Array!);
            return base.ReadAsync(buffer, cancellationToken);
        }
    }
}
