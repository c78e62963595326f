using System.Text.Json;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>One published proof, good or broken: which kind, what it says of itself, and whether it must be refused.</summary>
public sealed record MerkleVector(string File, JsonElement Json)
{
    public string Kind => File.Split('/')[0];

    public bool MustBeRefused => Json.GetProperty("wantErr").GetBoolean();

    /// <summary>Sizes above 2^63 become negative, which no tree has.</summary>
    public long Number(string name) => unchecked((long)Json.GetProperty(name).GetUInt64());

    public byte[] Bytes(string name) => Json.GetProperty(name).GetBytesFromBase64();

    public byte[][] Proof() =>
        Json.GetProperty("proof") is { ValueKind: JsonValueKind.Array } proof
            ? [.. proof.EnumerateArray().Select(hash => hash.GetBytesFromBase64())]
            : [];

    /// <summary>All of a kind: inclusion, consistency, subtreeinclusion, subtreeconsistency.</summary>
    public static IReadOnlyList<MerkleVector> Load(string kind)
    {
        var folder = Vectors.PathOf("merkle/testdata");
        return
        [
            .. Directory
                .EnumerateFiles(Path.Combine(folder, kind), "*.json", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(file => Path.GetRelativePath(folder, file))
                .Select(file => new MerkleVector(file, Vectors.Json($"merkle/testdata/{file}"))),
        ];
    }
}
