using System.Diagnostics;
using MyData.Core.Data;

namespace MyData.Web.Sandbox;

/// <summary>
/// A power cut at a chosen moment, for tests: ends this process with SIGKILL right before or right after its n-th write
/// from now. Stands in front of the write queue in Development only, where <c>MyData:Sandbox:KillSwitch</c> is on.
/// </summary>
public sealed class KillSwitch(IWriter inner) : IWriter, IAsyncDisposable
{
    // One write at a time, so that "after the third" never lets a fourth slip through.
    private readonly SemaphoreSlim _turn = new(1);
    private int _written;
    private int _before;
    private int _after;

    /// <summary>Writes since the switch was last set.</summary>
    public int Written => Volatile.Read(ref _written);

    /// <summary>Counts from one; zero means never.</summary>
    public void Set(int before, int after) => (_written, _before, _after) = (0, before, after);

    public async Task<T> WriteAsync<T>(Func<WriteScope, T> work, CancellationToken cancellationToken = default)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            if (_before > 0 && _written + 1 >= _before)
                Kill();
            var result = await inner.WriteAsync(work, cancellationToken);
            if (++_written >= _after && _after > 0)
                Kill();
            return result;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _turn.Dispose();
        if (inner is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }

    // The signal is taken on the way back from this call.
    private static void Kill()
    {
        Process.GetCurrentProcess().Kill();
        throw new UnreachableException();
    }
}

public static class KillSwitchSetup
{
    /// <summary>Puts the switch in front of the write queue, where the setting asks for it.</summary>
    public static void AddKillSwitch(this WebApplicationBuilder builder)
    {
        if (!builder.Environment.IsDevelopment() || !builder.Configuration.GetValue<bool>("MyData:Sandbox:KillSwitch"))
            return;
        var queue = builder.Services.Last(service => service.ServiceType == typeof(IWriter));
        builder.Services.Remove(queue);
        builder.Services.AddSingleton(services => new KillSwitch(
            (IWriter)ActivatorUtilities.CreateInstance(services, queue.ImplementationType!)
        ));
        builder.Services.AddSingleton<IWriter>(services => services.GetRequiredService<KillSwitch>());
    }

    /// <summary>GET tells the writes since it was set; POST sets it (<c>?before=3</c> or <c>?after=3</c>).</summary>
    public static void MapKillSwitch(this IEndpointRouteBuilder app)
    {
        if (app.ServiceProvider.GetService<KillSwitch>() is not { } killSwitch)
            return;
        var route = app.MapGroup("/sandbox/kill-switch").AllowAnonymous();
        route.MapGet("", () => killSwitch.Written);
        route.MapPost("", (int? before, int? after) => killSwitch.Set(before ?? 0, after ?? 0));
    }
}
