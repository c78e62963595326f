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
    // A full bundle: 256 entries, each with its length.
    private const int MostOfACopy = Tile.FullWidth * (EntryBundle.MaxEntry + sizeof(ushort));

    private readonly HttpClient _client = Client(settings, SignedNote.MaxBytes);
    private readonly HttpClient _copies = Client(settings, MostOfACopy);

    /// <summary>A witness's copy of a log, to be read: nothing in it is trusted.</summary>
    internal LogSource CopyOf(WitnessLink link, string origin) =>
        new(link.Name, new LogSite(_copies, Below(link.Url, origin)));

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

    /// <summary>What a witness says of itself, as JSON; null where it says nothing.</summary>
    /// <exception cref="LedgerException"><c>witness.unreachable</c></exception>
    internal async Task<byte[]?> StatusAsync(Uri witness, CancellationToken token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, Below(witness, "status.json"));
        var (status, body) = await SendAsync(request, token);
        return status == HttpStatusCode.OK ? body : null;
    }

    public void Dispose()
    {
        _client.Dispose();
        _copies.Dispose();
    }

    private static HttpClient Client(LedgerSettings settings, int most) =>
        new(
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
            MaxResponseContentBufferSize = most,
        };

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
