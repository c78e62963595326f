using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MyData.E2E.Support;

/// <summary>Stands before a witness, passes everything on, and bends what a test wants bent.</summary>
public sealed class FrontOfWitness : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http = new();

    private FrontOfWitness(WebApplication app) => _app = app;

    public string Url { get; private set; } = "";

    /// <summary>What is asked (<c>tags</c>, <c>proofs</c>, <c>checkpoint</c>, …), and the answer that it makes of the witness's.</summary>
    public Func<string, byte[], byte[]>? Bend { get; set; }

    /// <summary>Hangs up on everybody.</summary>
    public bool IsDown { get; set; }

    /// <summary>The bodies of all questions for tags.</summary>
    public List<byte[]> Questions { get; } = [];

    /// <summary>Up and honest again, with no questions heard.</summary>
    public void Reset()
    {
        (IsDown, Bend) = (false, null);
        Questions.Clear();
    }

    public static async Task<FrontOfWitness> StartAsync(Uri witness)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var front = new FrontOfWitness(builder.Build());
        front._app.Run(context => front.AnswerAsync(context, witness));
        await front._app.StartAsync();
        front.Url = front
            ._app.Services.GetRequiredService<IServer>()
            .Features.Get<IServerAddressesFeature>()!
            .Addresses.Single();
        return front;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _http.Dispose();
    }

    private async Task AnswerAsync(HttpContext context, Uri witness)
    {
        if (IsDown)
        {
            context.Abort();
            return;
        }
        var path = context.Request.Path.Value!;
        var asked = path[(path.LastIndexOf('/') + 1)..];
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        if (asked == "tags")
            lock (Questions)
                Questions.Add(body.ToArray());
        using var request = new HttpRequestMessage(
            new HttpMethod(context.Request.Method),
            new Uri(witness, path + context.Request.QueryString)
        );
        request.Content = new ByteArrayContent(body.ToArray());
        if (context.Request.ContentType is { } type)
            request.Content.Headers.TryAddWithoutValidation("Content-Type", type);
        using var answer = await _http.SendAsync(request);
        var bytes = await answer.Content.ReadAsByteArrayAsync();
        context.Response.StatusCode = (int)answer.StatusCode;
        foreach (var (name, values) in answer.Headers.Where(h => h.Key.StartsWith("Access-", StringComparison.Ordinal)))
            context.Response.Headers[name] = values.ToArray();
        if (answer.StatusCode != System.Net.HttpStatusCode.NoContent)
            await context.Response.Body.WriteAsync(Bend?.Invoke(asked, bytes) ?? bytes);
    }
}
