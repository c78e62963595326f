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
    private const int Witnesses = 4;
    private readonly List<Server> _witnesses = [];
    private readonly Workspace _workspace;
    private readonly string _program;
    private readonly string _policy;
    private readonly string _keys;
    private Server? _portal;

    private NodesUnderLoad(Bench bench, DatabaseNodes databases, string program)
    {
        (_workspace, Databases, _program) = (bench.Workspace, databases, program);
        _keys = bench.Workspace.NewFolder("nodes-keys");
        _policy = Path.Combine(bench.Workspace.NewFolder("nodes-policy"), "policy");
    }

    public DatabaseNodes Databases { get; }

    public Server Portal => _portal!;

    public static async Task<NodesUnderLoad> StartAsync(Bench bench)
    {
        var program = await bench.Workspace.PublishedAsync(bench.Stop);
        var nodes = new NodesUnderLoad(bench, await DatabaseNodes.StartAsync(Repository.Root), program);
        try
        {
            await nodes.StartWitnessesAsync(bench.Stop);
            var folder = bench.Workspace.NewFolder("nodes-portal");
            nodes._portal = await Server.StartAsync(
                ServerPlan
                    .Portal(program, folder, bench.Workspace.SandboxKeys)
                    .With(
                        ("MyData:Database", nodes.Databases.Connection),
                        ("MyData:Keys", nodes._keys),
                        ("MyData:Ledger:Policy", nodes._policy),
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
        var file = await Databases.NodesFileAsync(_policy);
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
        foreach (var witness in _witnesses)
            await witness.DisposeAsync();
        await Databases.DisposeAsync();
    }

    private async Task StartWitnessesAsync(CancellationToken token)
    {
        var (_, output) = await Commands.RunAsync(
            _program,
            ["dotnet", "MyData.Web.dll", "keys"],
            token,
            ("ASPNETCORE_ENVIRONMENT", "Development"),
            ("MyData__Keys", _keys)
        );
        var log = output.Split('\n').Single(line => line.StartsWith("log ", StringComparison.Ordinal))["log ".Length..];
        using var http = new HttpClient();
        var lines = new List<string>();
        for (var number = 1; number <= Witnesses; number++)
        {
            var folder = _workspace.NewFolder($"witness-{number}");
            var port = Server.FreePort();
            var witness = Server.Plan(
                new ServerPlan
                {
                    Program = _program,
                    Folder = folder,
                    Arguments = ["witness"],
                    Settings = new Dictionary<string, string>
                    {
                        ["Witness:Name"] = $"witness.example/{number}",
                        ["Witness:Folder"] = folder,
                        ["Witness:Listen"] = FormattableString.Invariant($"http://localhost:{port}"),
                        ["Witness:Logs:0:Key"] = log.Trim(),
                        ["Witness:Logs:0:EveryYear"] = "true",
                    },
                },
                port
            );
            _witnesses.Add(witness);
            await witness.StartAsync(token);
            var key = (await http.GetStringAsync(witness.Origin, token)).Split('\n')[0];
            lines.Add($"witness w{number} {key} {witness.Origin.GetLeftPart(UriPartial.Authority)}\n");
        }
        await File.WriteAllTextAsync(
            _policy,
            $"{string.Concat(lines)}group enough 3 w1 w2 w3 w4\nquorum enough\n",
            token
        );
    }
}
