using MyData.Load.Running;

namespace MyData.Load.Several;

/// <summary>Four witnesses as processes, and the policy 3 of 4 that names them; they know the log of the keys that were made with them.</summary>
public sealed class FourWitnesses : IAsyncDisposable
{
    private const int Count = 4;
    private readonly List<Server> _all = [];

    private FourWitnesses(Bench bench)
    {
        Keys = bench.Workspace.NewFolder("nodes-keys");
        Policy = Path.Combine(bench.Workspace.NewFolder("nodes-policy"), "policy");
    }

    /// <summary>The folder with the log's key, for whoever writes the log.</summary>
    public string Keys { get; }

    /// <summary>The policy's file.</summary>
    public string Policy { get; }

    public static async Task<FourWitnesses> StartAsync(Bench bench)
    {
        var witnesses = new FourWitnesses(bench);
        try
        {
            await witnesses.StartAsync(bench, await bench.Workspace.PublishedAsync(bench.Stop));
            return witnesses;
        }
        catch
        {
            await witnesses.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var witness in _all)
            await witness.DisposeAsync();
    }

    private async Task StartAsync(Bench bench, string program)
    {
        var (_, output) = await Commands.RunAsync(
            program,
            ["dotnet", "MyData.Web.dll", "keys"],
            bench.Stop,
            ("ASPNETCORE_ENVIRONMENT", "Development"),
            ("MyData__Keys", Keys)
        );
        var log = output.Split('\n').Single(line => line.StartsWith("log ", StringComparison.Ordinal))["log ".Length..];
        using var http = new HttpClient();
        var lines = new List<string>();
        for (var number = 1; number <= Count; number++)
        {
            var folder = bench.Workspace.NewFolder($"witness-{number}");
            var port = Server.FreePort();
            var witness = Server.Plan(
                new ServerPlan
                {
                    Program = program,
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
            _all.Add(witness);
            await witness.StartAsync(bench.Stop);
            var key = (await http.GetStringAsync(witness.Origin, bench.Stop)).Split('\n')[0];
            lines.Add($"witness w{number} {key} {witness.Origin.GetLeftPart(UriPartial.Authority)}\n");
        }
        await File.WriteAllTextAsync(
            Policy,
            $"{string.Concat(lines)}group enough 3 w1 w2 w3 w4\nquorum enough\n",
            bench.Stop
        );
    }
}
