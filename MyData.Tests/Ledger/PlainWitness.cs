using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyData.Core.Ledger;

namespace MyData.Tests.Ledger;

/// <summary>Another body's witness, as the standard has it and no more: no copies, no entries, one size and one root.</summary>
internal sealed class PlainWitness : IAsyncDisposable
{
    private readonly WebApplication _app;
    private long _shown;
    private (long Size, byte[] Root) _last = (0, Merkle.EmptyRoot.ToArray());

    private PlainWitness(WebApplication app) => _app = app;

    public NoteSigner Signer { get; } = LogHouse.Witnesses[3];

    public long Size => _last.Size;

    /// <summary>What it answers whatever it is asked, where it lies.</summary>
    public long? Claims { get; init; }

    /// <summary>How often it showed a note.</summary>
    public long Shown => Interlocked.Read(ref _shown);

    public Uri Url =>
        new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    public static async Task<PlainWitness> StartAsync(long? claims = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://{IPAddress.Loopback}:0");
        var app = builder.Build();
        var witness = new PlainWitness(app) { Claims = claims };
        app.MapPost("/add-checkpoint", (Delegate)witness.AddAsync);
        if (claims is not null)
            app.MapGet("/{**path}", witness.MadeUp);
        await app.StartAsync();
        return witness;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    /// <summary>Another note each time, which the log's key did not sign.</summary>
    private IResult MadeUp()
    {
        var note = new Checkpoint(LogHouse.Origin, Interlocked.Increment(ref _shown), Merkle.EmptyRoot);
        return TypedResults.Bytes(note.Sign(LogHouse.OtherLog).ToBytes(), "text/plain");
    }

    private async Task<IResult> AddAsync(HttpContext context)
    {
        var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var add = AddCheckpoint.Parse(body.ToArray());
        var next = Checkpoint.Parse(add.Checkpoint.Text.Span);
        if (Claims is not null || add.OldSize != _last.Size)
        {
            context.Response.StatusCode = 409;
            return TypedResults.Bytes(AddCheckpoint.SizeAnswer(Claims ?? _last.Size), AddCheckpoint.SizeType);
        }
        add.RequireConsistent(next, _last.Root);
        _last = (next.Size, next.Root.ToArray());
        var cosignature = Signer.Cosign(add.Checkpoint.Text.Span, LogHouse.Now);
        return TypedResults.Bytes(AddCheckpoint.CosignatureAnswer([cosignature]));
    }
}
