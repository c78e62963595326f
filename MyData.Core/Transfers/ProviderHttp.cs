using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using MyData.Core.Catalog;

namespace MyData.Core.Transfers;

/// <summary>
/// The one way out to providers, and to services with events: no redirects, no proxies, no cookies, only addresses that <see cref="EgressGuard"/> admits,
/// and every failure as a stable code.
/// </summary>
public sealed class ProviderHttp(TransferSettings settings, EgressGuard guard, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan UnsaidRetry = TimeSpan.FromSeconds(30);

    private readonly HttpClient _client = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectCallback = guard.ConnectAsync,
            ConnectTimeout = settings.ConnectTimeout,
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            UseCookies = false,
            UseProxy = false,
        }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <summary>
    /// Sends, waits for the headers, and hands the answer to <paramref name="read"/>. The body's time begins when
    /// <paramref name="room"/> has let it in: what holds this answer up here is not the provider's delay.
    /// </summary>
    /// <exception cref="TransferException">Unreachable, too late, redirected, refused, failed.</exception>
    public async Task<T> SendAsync<T>(
        HttpRequestMessage request,
        Func<HttpResponseMessage, CancellationToken, Task<T>> read,
        CancellationToken token,
        Func<HttpResponseMessage, Task<IDisposable?>>? room = null
    )
    {
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("MyData", "1"));
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(token);
        limit.CancelAfter(settings.HeaderTimeout);
        try
        {
            using var response = await _client.SendAsync(
                request,
                HttpCompletionOption.ResponseHeadersRead,
                limit.Token
            );
            limit.CancelAfter(Timeout.InfiniteTimeSpan);
            Refuse(response);
            using var held = room is null ? null : await room(response);
            limit.CancelAfter(settings.BodyTimeout);
            return await read(response, limit.Token);
        }
        catch (OperationCanceledException late) when (!token.IsCancellationRequested)
        {
            throw new TransferException(TransferCodes.Timeout, "The provider was too late.", late);
        }
        catch (HttpRequestException failed)
        {
            throw new TransferException(CodeOf(failed), "The provider could not be reached.", failed);
        }
        catch (IOException cut)
        {
            throw new TransferException(TransferCodes.Cut, "The provider's answer broke off.", cut);
        }
    }

    /// <summary>The body, held to the limits on size, silence and speed.</summary>
    public async Task<Stream> BodyAsync(HttpResponseMessage response, long largest, CancellationToken token)
    {
        if (response.Content.Headers.ContentLength > largest)
            throw new TransferException(TransferCodes.TooLarge, "The answer is larger than allowed.");
        return new PacedStream(await response.Content.ReadAsStreamAsync(token), largest, settings, time);
    }

    /// <summary>How long the provider asks to be left alone (RFC 9110 §10.2.3).</summary>
    /// <exception cref="TransferException">The header says nothing that can be followed.</exception>
    public TimeSpan RetryAfter(HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.Contains("Retry-After"))
            return UnsaidRetry;
        var wait =
            response.Headers.RetryAfter?.Delta
            ?? response.Headers.RetryAfter?.Date - time.GetUtcNow()
            ?? throw new TransferException(TransferCodes.RetryAfter, "Retry-After cannot be read.");
        return wait > TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1);
    }

    public void Dispose() => _client.Dispose();

    private static void Refuse(HttpResponseMessage response)
    {
        var code = (int)response.StatusCode switch
        {
            200 or 202 or 204 or 429 => null,
            >= 300 and < 400 => TransferCodes.Redirect,
            401 or 403 => TransferCodes.Refused,
            422 => TransferCodes.Parameter,
            503 => TransferCodes.Maintenance,
            _ => TransferCodes.Error,
        };
        if (code is not null)
            throw new TransferException(code, $"The provider answered {(int)response.StatusCode}.")
            {
                Status = response.StatusCode,
            };
    }

    private static string CodeOf(HttpRequestException failed) =>
        failed.InnerException is AuthenticationException
        || failed.HttpRequestError == HttpRequestError.SecureConnectionError
            ? TransferCodes.Tls
        : failed.HttpRequestError is HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse
            ? TransferCodes.Cut
        : failed.HttpRequestError is HttpRequestError.ConfigurationLimitExceeded ? TransferCodes.TooLarge
        : TransferCodes.Unreachable;
}
