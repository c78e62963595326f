using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Encryption;
using MyData.Core.Transfers;
using MyData.Tests.Encryption;
using MyData.Tests.Support;

namespace MyData.Tests.Transfers;

/// <summary>The relay keeps bytes and not text, and still nobody can tell its package from the agency's.</summary>
public sealed class RelayTests : IAsyncDisposable
{
    private const int BytesOfAChunk = SealedPackageReader.ChunkBytes / 4 * 3;
    private static readonly Jwk Citizen = Jwk.GenerateEc("citizen-1");

    private readonly CoreHost _host = new(services => services.AddSingleton(new TransferSettings()));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(1)]
    [InlineData(BytesOfAChunk - 1)]
    [InlineData(BytesOfAChunk)]
    [InlineData(BytesOfAChunk + 1)]
    [InlineData((9 * BytesOfAChunk) + 2)]
    public async Task Store_ThenSend_GivesThePackageByteForByte(int length)
    {
        var package = SealedPackage.Seal(Samples.Bytes(length), Samples.Request(Citizen.PublicOnly()), out var digest);
        var transfer = TransferRows.Ready(_host.Time.GetUtcNow());
        var kept = await _host.Get<Relay>().StoreAsync(transfer.Id, new MemoryStream(package), _ => { }, Token);
        await _host.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            kept.LastChunk.Insert(scope.Db);
        });
        transfer.Head = kept.Head;
        transfer.CipherTextLength = kept.CipherTextLength;
        using var sent = new MemoryStream();
        await _host.Get<Relay>().SendAsync(transfer, sent, Token);

        Assert.Equal(digest.Hex, kept.SealDigest);
        Assert.Equal(package, sent.ToArray());
        Assert.Equal(package.Length, Relay.LengthOf(transfer));
        Assert.Equal(length, (await _host.AllAsync<PackageChunk>()).Sum(chunk => chunk.Bytes.Length));
    }
}
