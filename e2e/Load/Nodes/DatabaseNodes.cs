using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace MyData.Load.Nodes;

/// <summary>PostgreSQL nodes on loopback, in a folder of their own: the first takes the writes, the others follow it over TLS.</summary>
public sealed class DatabaseNodes : IAsyncDisposable
{
    /// <summary>Whoever is PostgreSQL's user passes through to its own folders.</summary>
    private const UnixFileMode Passable =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherExecute;

    private readonly string _scripts;
    private readonly List<DatabaseNode> _all = [];

    private DatabaseNodes(string scripts)
    {
        _scripts = scripts;
        Folder = Directory.CreateTempSubdirectory("mydata-nodes-").FullName;
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Folder, Passable);
    }

    public string Folder { get; }

    public IReadOnlyList<DatabaseNode> All => _all;

    public DatabaseNode this[string name] => _all.Single(node => node.Name == name);

    public string Authority => Path.Combine(Folder, "authority", "ca.pem");

    /// <summary>The portal's connection: whichever of them takes writes.</summary>
    public string Connection => ConnectionTo([.. _all]);

    /// <param name="root">the repository</param>
    public static async Task<DatabaseNodes> StartAsync(string root, int count = 3)
    {
        var nodes = new DatabaseNodes(Path.Combine(root, "e2e", "Running"));
        try
        {
            for (var number = 1; number <= count; number++)
                await nodes.PlanAsync($"node{number}");
            foreach (var node in nodes._all)
                await node.KnowAsync(nodes._all);
            await nodes._all[0].MustAsync("create");
            await nodes._all[0].StartAsync();
            await Task.WhenAll(nodes._all.Skip(1).Select(nodes.FollowAsync));
            return nodes;
        }
        catch
        {
            await nodes.DisposeAsync();
            throw;
        }
    }

    /// <summary>One more node, which knows the others and follows; they do not know it yet.</summary>
    public async Task<DatabaseNode> AddAsync(string name)
    {
        var node = await PlanAsync(name);
        await node.KnowAsync(_all);
        await FollowAsync(node);
        return node;
    }

    /// <summary>It is no node any more: nobody waits for it, and whoever looks for the node that takes writes does not look there.</summary>
    public async Task RemoveAsync(DatabaseNode node)
    {
        _all.Remove(node);
        await node.DisposeAsync();
    }

    public string ConnectionTo(params IReadOnlyList<DatabaseNode> nodes) =>
        $"Host={string.Join(',', nodes.Select(node => node.At))};Database=mydata;Username=mydata;Password={Password("mydata")};{Secure}"
        // Npgsql takes it for several hosts alone.
        + (nodes.Count > 1 ? ";Target Session Attributes=read-write" : "");

    /// <summary>Writes the file that <c>promote</c> reads.</summary>
    /// <returns>its path</returns>
    public async Task<string> NodesFileAsync(string policy)
    {
        var path = Path.Combine(Folder, "nodes.json");
        var nodes = _all.Select(node => new
        {
            node.Name,
            Host = "127.0.0.1",
            node.Port,
        });
        var signIn = $"Username=mydata_operator;Passfile={Path.Combine(_all[0].Folder, "passwords")};{Secure}";
        await File.WriteAllBytesAsync(
            path,
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    Nodes = nodes,
                    Operator = signIn,
                    Policy = policy,
                }
            )
        );
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _all)
            await node.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private string Secure => $"SSL Mode=VerifyFull;Root Certificate={Authority}";

    private async Task<DatabaseNode> PlanAsync(string name)
    {
        var folder = Path.Combine(Folder, name);
        var node = new DatabaseNode(Path.Combine(_scripts, "database"), name, folder, FreePort());
        var authority = Path.GetDirectoryName(Authority)!;
        using var certificate = Process.Start(
            Path.Combine(_scripts, "certificate"),
            [authority, name, "127.0.0.1", folder]
        );
        await certificate.WaitForExitAsync();
        if (certificate.ExitCode != 0)
            throw new InvalidOperationException("No certificate was made: is openssl there?");
        _all.Add(node);
        return node;
    }

    private async Task FollowAsync(DatabaseNode node)
    {
        File.Copy(Path.Combine(_all[0].Folder, "passwords"), Path.Combine(node.Folder, "passwords"));
        await node.MustAsync("follow");
        await node.StartFollowingAsync();
    }

    private string Password(string role)
    {
        var start = $"*:*:*:{role}:";
        return File.ReadLines(Path.Combine(_all[0].Folder, "passwords"))
            .First(line => line.StartsWith(start, StringComparison.Ordinal))[start.Length..];
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }
}
