using System.Net.Http.Headers;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Core.Witnessing;
using MyData.Web.Features.LedgerApi;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Witness;

/// <summary>
/// Records that programs post at a witness, passed on to the portal that writes the log: to the addresses of the settings in their order,
/// by the two paths for records, the signed body and <c>wait</c> alone. The answer comes back as it is. A repeat of a record is harmless
/// (same id, same place), so the next portal is asked where one does not answer.
/// </summary>
internal sealed class PassedWrites(WitnessSettings settings) : IDisposable
{
    /// <summary>Under way at once: each may hold four megabytes. Of one network few, as a body may come as slowly as it likes.</summary>
    private const int AtOnce = 32;
    private const int OfNetwork = 3;
    private const string Own = "1.1 mydata-witness";

    private readonly NetworkPlaces _places = new(AtOnce, OfNetwork);
    private readonly HttpClient _http = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            ConnectTimeout = TimeSpan.FromSeconds(2),
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            UseCookies = false,
            UseProxy = false,
        }
    )
    {
        Timeout = TimeSpan.FromSeconds(15),
    };

    public async Task<IResult> PassAsync(HttpContext context, string path, int limit)
    {
        // Of two witnesses that name each other, the second says no.
        if (context.Request.Headers.Via.ToString().Contains(Own, StringComparison.Ordinal))
            return NodeAnswers.Unavailable(Writing.Unavailable, "A witness passes on what came to it, and not to it.");
        var from = context.Connection.RemoteIpAddress;
        if (!_places.Enter(from))
            return ApiProblem.Of(429, LedgerIntake.Full, "Too many records under way here; come again.").Answer();
        try
        {
            var body = await ApiBody.ReadAsync(context, limit);
            if (await AskAsync(context, path, body) is not { } answer)
                return NodeAnswers.Unavailable(Writing.Unavailable, "No portal of this log answers now.");
            using (answer)
                await CopyAsync(answer, context);
            return Results.Empty;
        }
        catch (LedgerException refusal)
        {
            return ApiProblem.Of(refusal).Answer();
        }
        finally
        {
            _places.Leave(from);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>The first answer that is not 503; else the last one; null where nobody answers.</summary>
    private async Task<HttpResponseMessage?> AskAsync(HttpContext context, string path, ReadOnlyMemory<byte> body)
    {
        HttpResponseMessage? answer = null;
        foreach (var portal in settings.Portal)
        {
            var wait = context.Request.Query["wait"].ToString();
            var query = wait.Length > 0 ? $"?wait={Uri.EscapeDataString(wait)}" : "";
            using var request = new HttpRequestMessage(HttpMethod.Post, portal.TrimEnd('/') + path + query);
            request.Headers.TryAddWithoutValidation("Via", Own);
            request.Content = new ReadOnlyMemoryContent(body);
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            try
            {
                var next = await _http.SendAsync(
                    request,
                    HttpCompletionOption.ResponseHeadersRead,
                    context.RequestAborted
                );
                answer?.Dispose();
                answer = next;
            }
            catch (Exception failure)
                when (failure is HttpRequestException or IOException
                    || (failure is OperationCanceledException && !context.RequestAborted.IsCancellationRequested)
                )
            {
                continue;
            }
            if (answer.StatusCode != System.Net.HttpStatusCode.ServiceUnavailable)
                break;
        }
        return answer;
    }

    private static async Task CopyAsync(HttpResponseMessage answer, HttpContext context)
    {
        var response = context.Response;
        response.StatusCode = (int)answer.StatusCode;
        response.ContentType = answer.Content.Headers.ContentType?.ToString();
        if (answer.Headers.RetryAfter is { } again)
            response.Headers.RetryAfter = again.ToString();
        if (answer.Headers.WwwAuthenticate.Count > 0)
            response.Headers.WWWAuthenticate = answer.Headers.WwwAuthenticate.ToString();
        await answer.Content.CopyToAsync(response.Body, context.RequestAborted);
    }
}

internal static class PassedWriteEndpoints
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    public static void MapPassedWrites(this RouteGroupBuilder group)
    {
        var write = group.MapGroup("");
        write.WithRequestTimeout(Longest);
        write.MapPost(
            ApiUrls.Records,
            (HttpContext context, PassedWrites writes) => writes.PassAsync(context, ApiUrls.Records, ApiBody.MaxRecord)
        );
        write.MapPost(
            ApiUrls.Batch,
            (HttpContext context, PassedWrites writes) => writes.PassAsync(context, ApiUrls.Batch, ApiBody.MaxBatch)
        );
    }
}
