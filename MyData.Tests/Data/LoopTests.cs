using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using MyData.Core.Data;
using MyData.Core.OpenId;
using MyData.Tests.Support;

namespace MyData.Tests.Data;

/// <summary>A loop that fails would stop the host: a full disk must cost a round, not the portal (security.md F3, F4).</summary>
public sealed class LoopTests : IAsyncDisposable
{
    private readonly CoreHost _host = new(services =>
        services.RemoveAll<IPreparation>().Replace(ServiceDescriptor.Singleton<IWriter, FullDisk>())
    );

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(typeof(Housekeeping))]
    [InlineData(typeof(KeyRoller))]
    public async Task Loop_WriteFails_GoesOnWithTheNextRound(Type kind)
    {
        var token = TestContext.Current.CancellationToken;
        _host.Get<SigningKeys>().Sign([], "test");
        // So far on that the keys are due.
        _host.Time.Advance(SigningKeys.SigningPeriod);
        using var loop = (BackgroundService)ActivatorUtilities.CreateInstance(_host.Services, kind);
        await loop.StartAsync(token);
        _host.Time.Advance(TimeSpan.FromHours(1));
        await Task.Yield();
        Assert.False(loop.ExecuteTask!.IsCompleted, loop.ExecuteTask.Exception?.Message);
        await loop.StopAsync(token);
        Assert.True(loop.ExecuteTask.IsCompletedSuccessfully, $"{loop.ExecuteTask.Status}");
    }

    /// <summary>The host takes a loop that ends by its cancellation for a failed one where the start was refused.</summary>
    [Fact]
    public async Task Loop_ToldToStop_EndsWithoutFailure()
    {
        var token = TestContext.Current.CancellationToken;
        using var loop = new Waiting();
        await loop.StartAsync(token);
        await loop.StopAsync(token);
        Assert.True(loop.ExecuteTask!.IsCompletedSuccessfully, $"{loop.ExecuteTask.Status}");
    }

    [Fact]
    public async Task Loop_SomethingElseCancelled_Fails()
    {
        using var loop = new Waiting();
        await loop.StartAsync(TestContext.Current.CancellationToken);
        loop.End.SetCanceled(CancellationToken.None);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => loop.ExecuteTask!);
    }

    private sealed class Waiting : BackgroundLoop
    {
        public TaskCompletionSource End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        protected override Task RunAsync(CancellationToken stopping) => End.Task.WaitAsync(stopping);
    }

    private sealed class FullDisk : IWriter
    {
        public Task<T> WriteAsync<T>(Func<WriteScope, T> work, CancellationToken cancellationToken = default) =>
            Task.FromException<T>(new IOException("No space left on device"));
    }
}
