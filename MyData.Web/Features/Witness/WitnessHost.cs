using Microsoft.AspNetCore.Http.Features;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Witnessing;

namespace MyData.Web.Features.Witness;

/// <summary>
/// A witness in a process of its own: <c>dotnet MyData.Web.dll witness</c>, settings in the section <c>Witness</c>; <c>witness vkey</c>
/// prints its key, which is made at the first start, and nothing else.
/// </summary>
public static class WitnessHost
{
    /// <summary>The first argument that asks for it.</summary>
    public const string Command = "witness";

    private const string KeyCommand = "vkey";

    /// <summary>The client for the logs' sites and the other witnesses.</summary>
    internal const string HttpName = "logs";

    private static readonly TimeSpan SiteLimit = TimeSpan.FromSeconds(30);

    /// <returns>0 when it was told to stop; 1: it does not start, and says why</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            await using var app = Build(args);
            var witness = app.Services.GetRequiredService<Core.Witnessing.Witness>();
            Console.WriteLine(witness.Key);
            if (!args.Contains(KeyCommand))
                await app.RunAsync();
            return 0;
        }
        catch (StartRefusedException refused)
        {
            await Console.Error.WriteLineAsync(refused.Message);
            return 1;
        }
    }

    /// <summary>The application, not yet started.</summary>
    /// <param name="adjust">Further settings and services, for tests.</param>
    /// <exception cref="StartRefusedException">see <see cref="Core.Witnessing.Witness"/></exception>
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? adjust = null)
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                Args = [.. args.SkipWhile(a => a is Command or KeyCommand)],
                ApplicationName = typeof(WitnessHost).Assembly.GetName().Name,
            }
        );
        adjust?.Invoke(builder);
        var settings = builder.Configuration.GetSection("Witness").Get<WitnessSettings>() ?? new WitnessSettings();
        builder.AddListeners(settings);
        builder.AddReading(settings);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<Core.Witnessing.Witness>();
        builder.Services.AddHostedService<WitnessKeeper>();
        builder
            .Services.AddHttpClient(
                HttpName,
                client => (client.Timeout, client.MaxResponseContentBufferSize) = (SiteLimit, 17 * 1024 * 1024)
            )
            .ConfigurePrimaryHttpMessageHandler(() =>
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    UseProxy = false,
                    UseCookies = false,
                }
            );

        var app = builder.Build();
        // Made here, so that a refusal is one of the start.
        _ = app.Services.GetRequiredService<Core.Witnessing.Witness>();
        app.UseRouting();
        app.UseRequestTimeouts();
        app.UseRateLimiter();
        var add = app.MapGroup("").AddEndpointFilter(OnlyWhereLogsAdd);
        add.WithRequestTimeout(WitnessListeners.Adding);
        add.MapPost(WitnessUrls.AddCheckpoint, AddCheckpointAsync);
        add.MapPost(WitnessUrls.AddEntries, AddEntriesAsync);
        app.MapReading();
        return app;
    }

    // Where everybody reads, an address of its own for logs is not there.
    private static ValueTask<object?> OnlyWhereLogsAdd(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    ) => WitnessDoor.IsAdding(context.HttpContext) ? next(context) : new(TypedResults.NotFound());

    private static async Task<IResult> AddCheckpointAsync(
        HttpContext context,
        Core.Witnessing.Witness witness,
        IHttpClientFactory clients,
        CancellationToken token
    )
    {
        return await AnswerAsync(async () =>
        {
            var body = await BodyAsync(context.Request.Body, AddEntries.MaxCheckpoint, token);
            var asked = witness.Ask(AddCheckpoint.Parse(body));
            using var http = clients.CreateClient(HttpName);
            return asked.Refusal ?? await asked.PullAsync(http, token);
        });
    }

    private static Task<IResult> AddEntriesAsync(
        HttpContext context,
        Core.Witnessing.Witness witness,
        CancellationToken token
    ) =>
        AnswerAsync(async () =>
        {
            if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } limit)
                limit.MaxRequestBodySize = AddEntries.HeadSize + AddEntries.MaxCheckpoint + AddEntries.MaxBytes;
            var body = context.Request.Body;
            var head = new byte[AddEntries.HeadSize];
            await body.ReadExactlyAsync(head, token);
            var first = new byte[AddEntries.CheckpointLength(head)];
            await body.ReadExactlyAsync(first, token);
            // Nobody sends entries here without a checkpoint that a log signed.
            var asked = witness.Ask(AddCheckpoint.Parse(first));
            return asked.Refusal
                ?? await asked.CheckAsync(token)
                ?? await asked.AddAsync(await BodyAsync(body, asked.MostBytes, token), token);
        });

    private static async Task<IResult> AnswerAsync(Func<Task<WitnessAnswer>> work)
    {
        WitnessAnswer answer;
        try
        {
            answer = await work();
        }
        catch (LedgerException damaged) when (damaged.Code is "witness.damaged" or "witness.rollback")
        {
            answer = WitnessAnswer.Refused(503, damaged.Code);
        }
        catch (LedgerException refused)
        {
            answer = WitnessAnswer.Refused(400, refused.Code);
        }
        catch (EndOfStreamException)
        {
            answer = WitnessAnswer.Refused(400, "witness.length");
        }
        return new Answer(answer);
    }

    private static async Task<byte[]> BodyAsync(Stream body, int limit, CancellationToken token)
    {
        var bytes = new MemoryStream();
        var some = new byte[64 * 1024];
        while (await body.ReadAsync(some, token) is var count and > 0)
        {
            if (bytes.Length + count > limit)
                throw new LedgerException("witness.length", "Longer than it can be.");
            bytes.Write(some, 0, count);
        }
        return bytes.ToArray();
    }

    private sealed class Answer(WitnessAnswer answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext context)
        {
            context.Response.StatusCode = answer.Status;
            context.Response.ContentType = answer.IsSize ? AddCheckpoint.SizeType : "text/plain; charset=utf-8";
            if (answer.Status == StatusCodes.Status503ServiceUnavailable)
                context.Response.Headers.RetryAfter = "1";
            await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
        }
    }
}
