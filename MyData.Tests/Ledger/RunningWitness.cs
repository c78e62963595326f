using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MyData.Core.Ledger;
using MyData.Core.Witnessing;
using MyData.Web.Features.Witness;

namespace MyData.Tests.Ledger;

/// <summary>A witness as its own server, on a port that it keeps, with a folder that goes with it.</summary>
internal sealed class RunningWitness : IAsyncDisposable
{
    private readonly string _name;
    private readonly string _log;
    private readonly string _site;
    private readonly string[] _settings;
    private WebApplication? _app;

    private RunningWitness(string name, VerifierKey log, string site, string[] settings)
    {
        (_name, _log, _site, _settings) = (name, log.ToString(), site, settings);
        Url = new Uri($"http://127.0.0.1:{FreePort()}");
        Folder = Directory.CreateTempSubdirectory("mydata-witness-").FullName;
    }

    /// <summary>Further settings, for its next start.</summary>
    public List<string> Settings { get; } = [];

    /// <summary>The test leaves its copy other than it was cosigned, on purpose.</summary>
    public bool EndsBent { get; set; }

    public Uri Url { get; }
    public string Folder { get; }
    public VerifierKey Key { get; private set; } = null!;
    public HttpClient Http { get; } = new();

    public Witness Witness => _app!.Services.GetRequiredService<Witness>();

    /// <param name="site">where it pulls from; may be empty</param>
    /// <param name="settings">such as <c>Witness:AddListen=http://127.0.0.1:7444</c></param>
    public static async Task<RunningWitness> StartAsync(
        string name,
        VerifierKey log,
        string site = "",
        params string[] settings
    )
    {
        var witness = new RunningWitness(name, log, site, settings);
        await witness.StartAsync();
        witness.Key = witness.Witness.Key;
        return witness;
    }

    public async Task StartAsync()
    {
        string[] args =
        [
            WitnessHost.Command,
            $"--Witness:Name={_name}",
            $"--Witness:Listen={Url.GetLeftPart(UriPartial.Authority)}",
            $"--Witness:Folder={Folder}",
            $"--Witness:Logs:0:Key={_log}",
            $"--Witness:Logs:0:Url={_site}",
            "--Witness:Logs:0:EveryYear=true",
            .. _settings.Select(setting => $"--{setting}"),
            .. Settings,
        ];
        _app = WitnessHost.Build(args, builder => builder.Logging.ClearProviders());
        await _app.StartAsync();
    }

    public async Task StopAsync()
    {
        if (_app is null)
            return;
        await _app.StopAsync();
        await _app.DisposeAsync();
        _app = null;
    }

    public async Task<(int Status, string Type, byte[] Body)> PostAsync(string path, byte[] body)
    {
        using var content = new ByteArrayContent(body);
        using var answer = await Http.PostAsync(new Uri(Url, path), content);
        return (
            (int)answer.StatusCode,
            answer.Content.Headers.ContentType!.MediaType!,
            await answer.Content.ReadAsByteArrayAsync()
        );
    }

    public Task<(int Status, string Type, byte[] Body)> AddAsync(AddCheckpoint add, byte[] bundle) =>
        PostAsync(WitnessUrls.AddEntries, AddEntries.Write(add, bundle));

    /// <summary>From index 0, as a stranger does.</summary>
    public async Task<AuditReport> AuditAsync(string origin, params IReadOnlyCollection<Checkpoint> earlier)
    {
        var site = new LogSite(Http, new Uri(Url, "/" + origin));
        var policy = WitnessPolicy.Parse((await site.ReadAsync(ILogReader.Policy, default))!);
        return await LogAudit.RunAsync(site, policy, earlier, records: true, null, default);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_app is not null && !EndsBent)
                foreach (var (origin, size) in Witness.Logs)
                    Assert.True(size == 0 || (await AuditAsync(origin)).Findings is [], $"{Url}: {origin}");
        }
        finally
        {
            await StopAsync();
            Http.Dispose();
            Directory.Delete(Folder, recursive: true);
        }
    }

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
