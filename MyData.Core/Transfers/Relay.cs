using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Data;
using MyData.Core.Encryption;

namespace MyData.Core.Transfers;

/// <summary>
/// Keeps sealed packages until they are fetched and done with. Cipher text only: its thief has nothing without the key in
/// her browser. The text comes canonical (<see cref="SealedPackageReader"/>), so its bytes are kept and written out again
/// as they came: a quarter less for the disk.
/// </summary>
public sealed class Relay(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    TransferSettings settings,
    TimeProvider time
)
{
    /// <summary>Chunks of one package that wait for the disk at once: they share a commit, and take 1.5 MiB of memory.</summary>
    private const int ChunksUnderWay = 4;

    private static readonly byte[] Tail = "\"}"u8.ToArray();

    private readonly Func<MyDataDb, Guid, int, CancellationToken, Task<byte[]?>> _chunk = EF.CompileAsyncQuery(
        (MyDataDb db, Guid transfer, int number, CancellationToken _) =>
            db.Set<PackageChunk>()
                .Where(chunk => chunk.TransferId == transfer && chunk.Number == number)
                .Select(chunk => chunk.Bytes)
                .FirstOrDefault()
    );

    /// <summary>Stores a sealed package as it streams in; the head is checked before any of it is kept.</summary>
    /// <exception cref="EncryptionException">It is not a sealed package.</exception>
    public async Task<ProviderAnswer.Sealed> StoreAsync(
        Guid transferId,
        Stream package,
        Action<SealedPackageHead> check,
        CancellationToken token
    )
    {
        PackageChunk? last = null;
        var underWay = new Queue<Task>(ChunksUnderWay);
        try
        {
            var arrival = await SealedPackageReader.ReadAsync(
                package,
                settings.LargestSealedPackage,
                (head, _) =>
                {
                    check(head);
                    return ValueTask.CompletedTask;
                },
                async (text, cancellation) =>
                {
                    if (underWay.Count == ChunksUnderWay)
                        await underWay.Dequeue();
                    if (last is not null)
                        underWay.Enqueue(KeepAsync(last, cancellation));
                    last = new PackageChunk
                    {
                        TransferId = transferId,
                        Number = last is null ? 0 : last.Number + 1,
                        Bytes = Base64Url.DecodeFromUtf8(text.Span),
                    };
                },
                token
            );
            await Task.WhenAll(underWay);
            var head = Encoding.UTF8.GetString(arrival.Head.Raw.Span);
            return new(head, arrival.Digest.Hex, arrival.CipherTextLength, last ?? throw Nothing());
        }
        catch
        {
            // A chunk must not come after the failure that deletes what has come.
            await Task.WhenAll(underWay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    /// <summary>Bytes of the package as it will be sent.</summary>
    /// <param name="head">another one than it came with, for a further recipient</param>
    public static long LengthOf(Transfer transfer, string? head = null) =>
        Encoding.UTF8.GetByteCount(head ?? transfer.Head!) + transfer.CipherTextLength + Tail.Length;

    /// <summary>Sends the package as it came, chunk by chunk; while she reads one, no connection to the database is held.</summary>
    /// <exception cref="OperationCanceledException">Also where she takes longer than <see cref="TransferSettings.LongestFetch"/>.</exception>
    public Task SendAsync(Transfer transfer, Stream output, CancellationToken token) =>
        SendAsync(transfer, transfer.Head!, output, token);

    /// <summary>The same to a further recipient, whose own entry stands in the head.</summary>
    public async Task SendAsync(Transfer transfer, string head, Stream output, CancellationToken token)
    {
        using var late = new CancellationTokenSource(settings.LongestFetch, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(token, late.Token);
        // One chunk is read while the one before it is sent: SQLite reads on the calling thread, hence the other one.
        Task<byte[]?> Read(int number) => Task.Run(() => ChunkAsync(transfer.Id, number, over.Token), over.Token);
        var next = Read(0);
        await output.WriteAsync(Encoding.UTF8.GetBytes(head), over.Token);
        var text = ArrayPool<byte>.Shared.Rent(SealedPackageReader.ChunkBytes);
        try
        {
            var left = transfer.CipherTextLength;
            for (var number = 1; left > 0 && await next is { } bytes; number++)
            {
                var length = Base64Url.EncodeToUtf8(bytes, text);
                left -= length;
                if (left > 0)
                    next = Read(number);
                await output.WriteAsync(text.AsMemory(0, length), over.Token);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(text);
        }
        await output.WriteAsync(Tail, over.Token);
    }

    private async Task<byte[]?> ChunkAsync(Guid transferId, int number, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await _chunk(db, transferId, number, token);
    }

    private static UnreachableException Nothing() => new("An empty cipher text is refused when it is read.");

    private Task KeepAsync(PackageChunk chunk, CancellationToken token) =>
        writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                chunk.Insert(scope.Db);
            },
            token
        );
}
