using System.Diagnostics;
using MyData.Core.Ledger;
using MyData.Load.Nodes;
using MyData.Tests.Support;
using MyData.Web.Features.Ledger;
using MyData.Web.Features.Operations;

namespace MyData.E2E.Support;

/// <summary>Three nodes, an outside witness and the portal, each a process of its own: what <c>e2e/Running/three-nodes</c> starts for a person.</summary>
public sealed class ThreeNodes : IAsyncDisposable
{
    private readonly List<PortalProcess> _portals = [];

    private ThreeNodes(DatabaseNodes databases, WitnessProcesses witnesses) =>
        (Databases, Witnesses) = (databases, witnesses);

    public DatabaseNodes Databases { get; }

    public WitnessProcesses Witnesses { get; }

    /// <summary>The one that people are sent to now.</summary>
    public PortalProcess Portal => _portals[^1];

    /// <summary>Below it stand the files of this year's log.</summary>
    public Uri Log => new(Portal.Origin, LedgerUrls.Of(TimeProvider.System.GetUtcNow().Year));

    public static async Task<ThreeNodes> StartAsync()
    {
        PostgresInstall.Require();
        var databases = DatabaseNodes.StartAsync(Repository.Root);
        var witnesses = WitnessProcesses.StartAsync();
        var nodes = new ThreeNodes(await databases, await witnesses);
        try
        {
            await nodes.StartPortalAsync(nodes.Databases.Connection);
            return nodes;
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
    }

    /// <summary>A portal on another machine: it has the keys, and the log's tiles are not there yet.</summary>
    public async Task<PortalProcess> StartPortalAsync(string connection)
    {
        var portal = await PortalProcess.StartAsync(PortalSettings(connection));
        _portals.Add(portal);
        return portal;
    }

    public Dictionary<string, string> PortalSettings(string connection) =>
        new()
        {
            ["MyData:Database"] = connection,
            ["MyData:Ledger:Policy"] = Witnesses.Policy,
            ["MyData:Ledger:Folder"] = Directory
                .CreateDirectory(Path.Combine(Databases.Folder, $"log{_portals.Count}"))
                .FullName,
            ["MyData:Keys"] = Witnesses.Keys,
        };

    /// <summary>Accesses of another system, one after another, wherever the portal is.</summary>
    public SteadyCallers Call(int atOnce = 4) => new(() => Portal.Origin, PortalProcess.SandboxKeys, atOnce);

    /// <summary>The runbook's command: exit code and what it said.</summary>
    public async Task<(int ExitCode, string Output)> PromoteAsync(params string[] options)
    {
        var nodes = await Databases.NodesFileAsync(Witnesses.Policy);
        var start = new ProcessStartInfo(
            "dotnet",
            [PortalProcess.Program(), PromoteCommand.Name, "--nodes", nodes, .. options]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, await output + await errors);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_portals.Count > 0 && !Portal.HasExited)
                await AuditAsync();
        }
        finally
        {
            foreach (var portal in _portals)
                await portal.DisposeAsync();
            await Witnesses.DisposeAsync();
            await Databases.DisposeAsync();
        }
    }

    /// <summary>Whatever a test did, it leaves a whole log.</summary>
    private async Task AuditAsync()
    {
        using var http = new HttpClient();
        var site = new LogSite(http, Log);
        var policy = WitnessPolicy.Parse((await site.ReadAsync(ILogReader.Policy, default))!);
        var report = await LogAudit.RunAsync(site, policy, [], records: true, null, default);
        Assert.Empty(report.Findings);
    }
}
