using MyData.Core.Ledger;
using MyData.Load.Nodes;
using MyData.Load.Running;

namespace MyData.Load.Several;

/// <summary>
/// Three nodes and an outside witness, policy 3 of 4, with the published portal on the first: nine processes and the generator on the
/// same cores.
/// </summary>
public sealed class NodesUnderLoad : IAsyncDisposable
{
    private readonly Workspace _workspace;
    private readonly string _program;
    private FourWitnesses? _witnesses;
    private Server? _portal;

    private NodesUnderLoad(Bench bench, DatabaseNodes databases, string program) =>
        (_workspace, Databases, _program) = (bench.Workspace, databases, program);

    public DatabaseNodes Databases { get; }

    public FourWitnesses Witnesses => _witnesses!;

    public Server Portal => _portal!;

    /// <param name="withPortal">else only the databases and the witnesses run, for whoever writes the log itself</param>
    public static async Task<NodesUnderLoad> StartAsync(Bench bench, bool withPortal = true)
    {
        var program = await bench.Workspace.PublishedAsync(bench.Stop);
        var nodes = new NodesUnderLoad(bench, await DatabaseNodes.StartAsync(Repository.Root), program);
        try
        {
            nodes._witnesses = await FourWitnesses.StartAsync(bench);
            if (!withPortal)
                return nodes;
            var folder = bench.Workspace.NewFolder("nodes-portal");
            nodes._portal = await Server.StartAsync(
                ServerPlan
                    .Portal(program, folder, bench.Workspace.SandboxKeys)
                    .With(
                        ("MyData:Database", nodes.Databases.Connection),
                        ("MyData:Keys", nodes.Witnesses.Keys),
                        ("MyData:Ledger:Policy", nodes.Witnesses.Policy),
                        ("MyData:Ledger:Folder", Path.Combine(folder, "ledger"))
                    ),
                bench.Stop
            );
            return nodes;
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
    }

    /// <summary>Systems that record all the while and keep their receipts: what is reckoned with in the end.</summary>
    public SteadyCallers Call(int atOnce) => new(() => Portal.Origin, _workspace.SandboxKeys, atOnce);

    /// <summary>Lost and forged, by the published log.</summary>
    public async Task<Reckoning> ReckonAsync(SteadyCallers callers, CancellationToken token)
    {
        using var http = new HttpClient();
        var year = TimeProvider.System.GetUtcNow().Year;
        var log = new LogSite(http, new Uri(Portal.Origin, FormattableString.Invariant($"/ledger/{year}")));
        var reckoning = await Reckoning.OfAsync(callers, log, token);
        foreach (var finding in reckoning.Findings)
            Bench.Say($"  {finding.Code} {finding.File} {finding.Message}");
        return reckoning;
    }

    /// <summary>The runbook.</summary>
    public async Task PromoteAsync(CancellationToken token)
    {
        var file = await Databases.NodesFileAsync(Witnesses.Policy);
        var (code, output) = await Commands.RunAsync(
            _program,
            ["dotnet", "MyData.Web.dll", "promote", "--yes", "--nodes", file],
            token
        );
        Bench.Say(output);
        if (code != 0)
            throw new InvalidOperationException("Nobody was promoted.");
    }

    public async ValueTask DisposeAsync()
    {
        if (_portal is not null)
            await _portal.DisposeAsync();
        if (_witnesses is not null)
            await _witnesses.DisposeAsync();
        await Databases.DisposeAsync();
    }
}
