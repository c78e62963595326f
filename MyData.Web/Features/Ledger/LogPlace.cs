using System.IO.Compression;
using System.Net;
using MyData.Core.Ledger;

namespace MyData.Web.Features.Ledger;

/// <summary>A log as an auditor names it: a URL prefix, the folder of an export, or an archive of one.</summary>
internal sealed class LogPlace : IDisposable
{
    private const int LargestAnswer = 17 * 1024 * 1024;
    private readonly HttpClient? _http;
    private readonly ZipArchive? _zip;

    public LogPlace(string place)
    {
        if (
            Uri.TryCreate(place, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
        )
        {
            _http = new HttpClient(new Patience { InnerHandler = new SocketsHttpHandler() })
            {
                MaxResponseContentBufferSize = LargestAnswer,
            };
            Log = new LogSite(_http, url);
        }
        else if (File.Exists(place))
            Log = new LogZip(_zip = ZipFile.OpenRead(place));
        else
            Log = new LogFolder(Path.GetFullPath(place));
    }

    public ILogReader Log { get; }

    /// <summary>The auditor's own policy file; without one what the log says of itself.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public async Task<byte[]> PolicyAsync(string? own) =>
        own is not null
            ? await File.ReadAllBytesAsync(own)
            : await Log.ReadAsync(ILogReader.Policy, default)
                ?? throw new FileNotFoundException("The log has no policy file: name one.");

    public void Dispose()
    {
        _http?.Dispose();
        _zip?.Dispose();
    }

    /// <summary>Waits where the server asks for it (RFC 9110 §10.2.3): whoever reads a whole log comes to its limit.</summary>
    private sealed class Patience : DelegatingHandler
    {
        private const int Tries = 20;
        private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        )
        {
            for (var left = Tries; ; left--)
            {
                var answer = await base.SendAsync(request, cancellationToken);
                if (answer.StatusCode != HttpStatusCode.TooManyRequests || left == 0)
                    return answer;
                var wait = answer.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
                answer.Dispose();
                await Task.Delay(wait < Longest ? wait : Longest, TimeProvider.System, cancellationToken);
            }
        }
    }
}
