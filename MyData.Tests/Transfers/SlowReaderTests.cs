using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;
using MyData.Core.Transfers;
using MyData.Tests.Support;

namespace MyData.Tests.Transfers;

/// <summary>A browser that hardly reads holds no connection to the database, and not for ever.</summary>
public sealed class SlowReaderTests : IAsyncDisposable
{
    private readonly ConcurrentDictionary<MyDataDb, bool> _lent = new(ReferenceEqualityComparer.Instance);
    private readonly CoreHost _host;

    public SlowReaderTests() =>
        _host = new CoreHost(services =>
        {
            services.AddSingleton(new TransferSettings());
            var real = services.Last(s => s.ServiceType == typeof(IDbContextFactory<MyDataDb>));
            services.AddSingleton<IDbContextFactory<MyDataDb>>(provider => new Watched(
                (IDbContextFactory<MyDataDb>)(
                    real.ImplementationInstance
                    ?? real.ImplementationFactory?.Invoke(provider)
                    ?? ActivatorUtilities.CreateInstance(provider, real.ImplementationType!)
                ),
                _lent
            ));
        });

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Send_ToManyThatDoNotRead_HoldsNoConnectionAndEndsInTime()
    {
        var transfer = TransferRows.Ready(_host.Time.GetUtcNow());
        await _host.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            scope.Db.Add(transfer);
            scope.Db.Add(
                new PackageChunk
                {
                    TransferId = transfer.Id,
                    Number = 0,
                    Bytes = "abcd"u8.ToArray(),
                }
            );
        });
        _lent.Clear();
        var sending = new List<Task>();
        for (var reader = 0; reader < 5; reader++)
        {
            var stuck = new Stuck();
            sending.Add(_host.Get<Relay>().SendAsync(transfer, stuck, Token));
            await stuck.Reached.Task;
        }
        Assert.Single(_lent);

        _host.Time.Advance(new TransferSettings().LongestFetch);
        foreach (var one in sending)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
    }

    private sealed class Watched(IDbContextFactory<MyDataDb> real, ConcurrentDictionary<MyDataDb, bool> lent)
        : IDbContextFactory<MyDataDb>
    {
        public MyDataDb CreateDbContext()
        {
            var db = real.CreateDbContext();
            lent[db] = true;
            return db;
        }
    }

    /// <summary>Takes the head, and nothing of the cipher text.</summary>
    private sealed class Stuck : MemoryStream
    {
        public TaskCompletionSource Reached { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default
        )
        {
            if (buffer.Length == 1)
                return;
            Reached.TrySetResult();
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        }
    }
}
