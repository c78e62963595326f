using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Options;
using MyData.Web.Sandbox.Agencies;

namespace MyData.Web.Sandbox.Misbehaving;

/// <summary>Faults of the connection: silence, slowness, endlessness, and ends in the middle.</summary>
public sealed class WrongConnections(IOptions<SandboxSettings> settings, TimeProvider clock)
{
    /// <summary>Ten gigabytes, as a length that somebody might believe.</summary>
    public const long Huge = 10L * 1024 * 1024 * 1024;

    private static readonly byte[] Filling = MakeFilling();

    /// <summary>The connection is gone before a byte was said.</summary>
    public Task HangUpAsync(AgencyJob job)
    {
        Reset(job.Http);
        return Task.CompletedTask;
    }

    /// <summary>Silence, and then a proper answer.</summary>
    public async Task SlowFirstByteAsync(AgencyJob job)
    {
        await Task.Delay(settings.Value.SilentTime, clock, job.Http.RequestAborted);
        await job.SendBodyAsync(Good(job));
    }

    /// <summary>A proper answer at one byte a second.</summary>
    public async Task TrickleAsync(AgencyJob job)
    {
        var body = Good(job);
        Begin(job, body.Length);
        for (var i = 0; i < body.Length; i++)
        {
            await WriteAsync(job, body.AsMemory(i, 1));
            await Task.Delay(TimeSpan.FromSeconds(1), clock, job.Http.RequestAborted);
        }
    }

    /// <summary>Half an answer, and then nothing for as long as the other side waits.</summary>
    public async Task StallAsync(AgencyJob job)
    {
        var body = Good(job);
        Begin(job, body.Length);
        await WriteAsync(job, body.AsMemory(0, body.Length / 2));
        await Task.Delay(Timeout.InfiniteTimeSpan, clock, job.Http.RequestAborted);
    }

    /// <summary>A proper head, and cipher text without end.</summary>
    public Task EndlessAsync(AgencyJob job) => FloodAsync(job, null);

    /// <summary>As above, announced as ten gigabytes.</summary>
    public Task HugeAsync(AgencyJob job) => FloodAsync(job, Huge);

    /// <summary>Half an answer, and then a TCP reset.</summary>
    public async Task ResetAsync(AgencyJob job)
    {
        var body = Good(job);
        Begin(job, body.Length);
        await WriteAsync(job, body.AsMemory(0, body.Length / 2));
        await LeaveAsync(job);
        Reset(job.Http);
    }

    /// <summary>A whole answer that was announced as longer than it is.</summary>
    public async Task WrongLengthAsync(AgencyJob job)
    {
        var body = Good(job);
        Begin(job, body.Length + 1_000);
        await WriteAsync(job, body);
        await LeaveAsync(job);
        job.Http.Abort();
    }

    private static async Task FloodAsync(AgencyJob job, long? announced)
    {
        var head = Good(job);
        var start = job.IsNative ? head.AsSpan().IndexOf("\"ciphertext\":\""u8) + 14 : 30;
        Begin(job, announced);
        try
        {
            await WriteAsync(job, head.AsMemory(0, start));
            for (var sent = (long)start; announced is null || sent < announced; )
            {
                var size = (int)Math.Min(Filling.Length, (announced ?? long.MaxValue) - sent);
                await job.Http.Response.Body.WriteAsync(Filling.AsMemory(0, size), job.Http.RequestAborted);
                sent += size;
            }
        }
        catch (Exception error) when (error is OperationCanceledException or IOException)
        {
            // The other side had enough.
        }
    }

    private static byte[] Good(AgencyJob job) =>
        job.Wrap(Packages.Write(job, job.Persona, WrongPackages.RecordOf(job, job.Persona)));

    private static void Begin(AgencyJob job, long? length)
    {
        job.Http.Response.ContentType = job.ContentType;
        job.Http.Response.ContentLength = length;
    }

    private static async Task WriteAsync(AgencyJob job, ReadOnlyMemory<byte> bytes)
    {
        await job.Http.Response.Body.WriteAsync(bytes, job.Http.RequestAborted);
        await job.Http.Response.Body.FlushAsync(job.Http.RequestAborted);
    }

    /// <summary>An abort takes back what has not left yet: gives it the time to leave, by the real clock.</summary>
    private static Task LeaveAsync(AgencyJob job) =>
        Task.Delay(TimeSpan.FromMilliseconds(250), TimeProvider.System, job.Http.RequestAborted);

    private static void Reset(HttpContext http)
    {
        // Closing with nothing left to linger for is what makes the kernel send a reset.
        if (http.Features.Get<IConnectionSocketFeature>() is { } connection)
            connection.Socket.LingerState = new LingerOption(true, 0);
        http.Abort();
    }

    private static byte[] MakeFilling()
    {
        var filling = new byte[64 * 1024];
        filling.AsSpan().Fill((byte)'A');
        return filling;
    }
}
