using System.Net;
using System.Net.Http.Headers;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// The way to the witnesses: the addresses that the policy names, no redirects, no proxies, no cookies (c2sp.org/tlog-witness). A witness
/// that does not know <c>add-entries</c> gets the standard's <c>add-checkpoint</c>.
/// </summary>
public sealed class WitnessHttp(LedgerSettings settings) : IDisposable
{
    private readonly HttpClient _client = new(
        new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = settings.WitnessTimeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2),
            UseCookies = false,
            UseProxy = false,
        }
    )
    {
        Timeout = settings.WitnessTimeout,
        MaxResponseContentBufferSize = SignedNote.MaxBytes,
    };

    /// <param name="bundle">the entries; null for the standard's request, without them</param>
    /// <exception cref="LedgerException"><c>witness.unreachable</c></exception>
    internal async Task<(HttpStatusCode Status, byte[] Body)> AddAsync(
        Uri witness,
        AddCheckpoint add,
        byte[]? bundle,
        CancellationToken token
    )
    {
        var body = bundle is null ? add.ToBytes() : AddEntries.Write(add, bundle);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(
            bundle is null ? "text/plain" : "application/octet-stream"
        );
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            Below(witness, bundle is null ? "add-checkpoint" : "add-entries")
        );
        request.Content = content;
        return await SendAsync(request, token);
    }

    /// <summary>The newest checkpoint in a witness's copy; null where it shows none.</summary>
    /// <exception cref="LedgerException"><c>witness.unreachable</c>, and those of <see cref="SignedNote.Parse"/></exception>
    internal async Task<SignedNote?> CheckpointAsync(Uri witness, string origin, CancellationToken token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Below(witness, $"{origin}/{ILogReader.Checkpoint}"));
        var (status, body) = await SendAsync(request, token);
        return status == HttpStatusCode.OK ? SignedNote.Parse(body) : null;
    }

    public void Dispose() => _client.Dispose();

    private async Task<(HttpStatusCode Status, byte[] Body)> SendAsync(
        HttpRequestMessage request,
        CancellationToken token
    )
    {
        try
        {
            using var answer = await _client.SendAsync(request, token);
            return (answer.StatusCode, await answer.Content.ReadAsByteArrayAsync(token));
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException)
        {
            throw new LedgerException("witness.unreachable", failure.Message, failure);
        }
        catch (OperationCanceledException late) when (!token.IsCancellationRequested)
        {
            throw new LedgerException("witness.unreachable", "No answer in time.", late);
        }
    }

    private static Uri Below(Uri prefix, string path) => new($"{prefix.AbsoluteUri.TrimEnd('/')}/{path}");
}
