using System.Buffers.Text;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Options;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Web.Sandbox.Callers;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>How an agency tells its side of a transfer.</summary>
public enum SideConduct
{
    Honest,
    Silent,
    Late,
    OtherSeal,
    OtherResult,
}

/// <summary>
/// Each agency reports its side of each transfer to the ledger (protocols.md A2), by its own key and over HTTP like any other system: what is
/// not taken is sent again until it is. In memory: what a restart loses the portal shows as missing.
/// </summary>
public sealed class SideReports(
    IHttpClientFactory clients,
    SandboxAddress address,
    IOptions<SandboxSettings> settings,
    IHostEnvironment host,
    TimeProvider clock,
    ILogger<SideReports> log
) : BackgroundLoop
{
    private const int MostAtOnce = 100;
    private const int MostRemembered = 20_000;
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);
    private readonly Channel<string> _waiting = Channel.CreateUnbounded<string>();
    private readonly Lock _gate = new();
    private readonly HashSet<Guid> _told = [];

    /// <summary>Notes what was sent; the ledger hears of it soon, once for each transfer.</summary>
    /// <param name="job">whose</param>
    /// <param name="result"><c>ok</c>, or <see cref="TransferReport.Nothing"/></param>
    public void Add(AgencyJob job, string result)
    {
        if (job.Conduct == SideConduct.Silent || !Guid.TryParseExact(job.Transfer, "D", out var transfer))
            return;
        var id = TransferReport.IdOf(transfer, TransferReport.Sent, job.Agency.ClientId);
        lock (_gate)
        {
            if (_told.Count >= MostRemembered)
                _told.Clear();
            if (!_told.Add(id))
                return;
        }
        var envelope = Envelope(job, id, result);
        if (job.Conduct == SideConduct.Late)
            _ = LaterAsync(envelope);
        else
            _waiting.Writer.TryWrite(envelope);
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        var batch = new List<string>(MostAtOnce);
        while (await _waiting.Reader.WaitToReadAsync(stopping))
        {
            batch.Clear();
            while (batch.Count < MostAtOnce && _waiting.Reader.TryRead(out var one))
                batch.Add(one);
            while (!await SendAsync(batch, stopping))
                await Task.Delay(Again, stopping);
        }
    }

    private async Task LaterAsync(string envelope)
    {
        await Task.Delay(settings.Value.LateReport, clock);
        _waiting.Writer.TryWrite(envelope);
    }

    /// <returns>false where it must be sent again</returns>
    private async Task<bool> SendAsync(List<string> batch, CancellationToken stopping)
    {
        try
        {
            using var client = clients.CreateClient(PortalClient.HttpName);
            using var body = new StringContent($"{{\"records\":[{string.Join(',', batch)}]}}", Encoding.UTF8);
            body.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            var url = new Uri($"{address.Portal}/ledger/v1/records:batch?wait=durable");
            using var answer = await client.PostAsync(url, body, stopping);
            if ((int)answer.StatusCode is 429 or 503)
                return false;
            if (!answer.IsSuccessStatusCode)
                log.LogWarning("The ledger refused {Count} reports: {Status}", batch.Count, (int)answer.StatusCode);
            return true;
        }
        catch (Exception away) when (away is HttpRequestException or InvalidOperationException or TaskCanceledException)
        {
            stopping.ThrowIfCancellationRequested();
            return false;
        }
    }

    private string Envelope(AgencyJob job, Guid id, string result)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltedHash.SaltSize);
        var person = job.Persona.Id.Value;
        var folder = Path.GetFullPath(settings.Value.Keys, host.ContentRootPath);
        using var key = CallerKeyFile.Private(folder, job.Agency.ClientId);
        var said = job.Conduct == SideConduct.OtherResult ? TransferReport.Nothing : result;
        var seal = job.Conduct == SideConduct.OtherSeal ? SHA256.HashData(salt) : job.Seal;
        var record = new LedgerRecord
        {
            Id = id,
            Time = clock.GetUtcNow().TrimToMilliseconds(),
            From = $"{job.Agency.Id}/{job.DataSet.Id}@{job.DataSet.SchemaVersion}",
            To = "citizen",
            Via = job.Agency.ClientId,
            Kid = CallerKey.Of(key.PublicKey).Kid,
            Operation = TransferReport.Sent,
            Reason = job.Purpose,
            Result = said,
            Fields = said == "ok" ? job.Fields : [],
            Persons = 1,
            PersonsHash = SaltedHash.OfPersons(salt, [person]),
            SealDigest = said == "ok" ? seal : null,
        };
        var signature = key.Sign(CallerSignature.Message(record.ToSignedBytes()));
        var signed = (record with { Signature = CallerSignature.Single(signature) }).ToSentBytes();
        return $$"""{"record":{{Encoding.UTF8.GetString(signed)}},"persons":["{{person}}"],"salt":"{{Base64Url.EncodeToString(salt)}}"}""";
    }
}
