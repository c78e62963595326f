using MyData.Core.Ledger;
using MyData.Web.Features.Witness;

namespace MyData.E2E.Support;

/// <summary>Four witnesses of a portal's log that has not begun yet, as processes; policy 3 of 4. The log's key is made first.</summary>
public sealed class WitnessProcesses : IAsyncDisposable
{
    private readonly List<PortalProcess> _all = [];

    private WitnessProcesses(string keys) => Keys = keys;

    /// <summary>The portal's key folder, which has the log's key.</summary>
    public string Keys { get; }

    public string Policy => Path.Combine(Keys, "policy");

    public IReadOnlyList<PortalProcess> All => _all;

    public static async Task<WitnessProcesses> StartAsync()
    {
        var witnesses = new WitnessProcesses(Directory.CreateTempSubdirectory("mydata-e2e-keys-").FullName);
        try
        {
            var key = await witnesses.LogKeyAsync();
            for (var number = 1; number <= 4; number++)
                witnesses._all.Add(await StartAsync(number, key));
            var lines = await Task.WhenAll(witnesses._all.Select(LineAsync));
            await File.WriteAllTextAsync(
                witnesses.Policy,
                $"{string.Concat(lines)}group enough 3 w1 w2 w3 w4\nquorum enough\n"
            );
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
        Directory.Delete(Keys, recursive: true);
    }

    private async Task<string> LogKeyAsync()
    {
        var settings = new Dictionary<string, string> { ["MyData:Keys"] = Keys };
        var (code, output) = await PortalProcess.RunAsync(settings, KeysCommand);
        Assert.True(code == 0, output);
        var line = output.Split('\n').Single(line => line.StartsWith("log ", StringComparison.Ordinal));
        return line["log ".Length..].Trim();
    }

    private const string KeysCommand = "keys";

    private static Task<PortalProcess> StartAsync(int number, string key) =>
        PortalProcess.StartAsync(
            new Dictionary<string, string>
            {
                ["Witness:Name"] = $"witness.example/{number}",
                ["Witness:Logs:0:Key"] = key,
                ["Witness:Logs:0:EveryYear"] = "true",
            },
            WitnessHost.Command
        );

    private static async Task<string> LineAsync(PortalProcess witness)
    {
        using var http = new HttpClient();
        var key = (await http.GetStringAsync(witness.Origin)).Split('\n')[0];
        return $"witness w{VerifierKey.Parse(key).Name.Split('/')[1]} {key} {witness.Origin}\n";
    }
}
