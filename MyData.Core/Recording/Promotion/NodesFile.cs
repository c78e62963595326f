using System.Text.Json;
using MyData.Core.Data;
using Npgsql;

namespace MyData.Core.Recording;

/// <summary>A machine with a PostgreSQL of ours: its name in replication, and where it is.</summary>
public sealed record NodeAddress
{
    public required string Name { get; init; }
    public required string Host { get; init; }
    public int Port { get; init; } = NpgsqlConnection.DefaultPort;
}

/// <summary>
/// The file that the commands for nodes read (JSON): which nodes there are, how the operator signs in on each, and the ledger's policy.
/// </summary>
public sealed record NodesFile
{
    private static readonly JsonSerializerOptions Form = new()
    {
        PropertyNameCaseInsensitive = true,
        UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <summary>Every node, lost ones too; the name is the one by which it follows others (application_name).</summary>
    public required IReadOnlyList<NodeAddress> Nodes { get; init; }

    /// <summary>What a connection of the operator's needs besides the host, as Npgsql writes it: user, passfile, certificates.</summary>
    public required string Operator { get; init; }

    public string Database { get; init; } = "mydata";

    /// <summary>The ledger's policy file, which names its witnesses; a relative one stands beside this file.</summary>
    public required string Policy { get; init; }

    /// <exception cref="PromotionException"><c>promote.file</c></exception>
    public static NodesFile Read(string path)
    {
        try
        {
            var file =
                JsonSerializer.Deserialize<NodesFile>(File.ReadAllBytes(path), Form)
                ?? throw new JsonException("It is empty.");
            var names = file.Nodes.Select(node => node.Name).ToList();
            if (names.Count < 2 || names.Distinct(StringComparer.Ordinal).Count() < names.Count)
                throw new JsonException("It names fewer than two nodes, or one of them twice.");
            foreach (var node in file.Nodes)
                if (PostgresAddress.Problems(file.ConnectionTo(node), production: true).FirstOrDefault() is { } problem)
                    throw new JsonException($"{node.Name}: {problem}");
            var policy = Path.GetFullPath(file.Policy, Path.GetDirectoryName(Path.GetFullPath(path))!);
            _ = File.ReadAllBytes(policy);
            return file with { Policy = policy };
        }
        catch (Exception failure)
            when (failure is IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            throw new PromotionException("promote.file", $"{path}: {failure.Message}", failure);
        }
    }

    /// <summary>The operator's connection to one of them, and to no other.</summary>
    internal string ConnectionTo(NodeAddress node) =>
        new NpgsqlConnectionStringBuilder(Operator)
        {
            Host = node.Host,
            Port = node.Port,
            Database = Database,
            ApplicationName = "mydata promote",
            Pooling = false,
            Timeout = 5,
            CommandTimeout = 90,
            // No: a server that is asked to give up a commit which waits for other machines says that it is done.
            CancellationTimeout = -1,
        }.ConnectionString;
}

/// <summary>Something of a promotion that cannot be done.</summary>
/// <param name="code">a stable code</param>
public sealed class PromotionException(string code, string message, Exception? cause = null) : Exception(message, cause)
{
    public string Code { get; } = code;
}
