namespace MyData.Core.Encryption;

/// <summary>One file at the root of a package.</summary>
/// <param name="Name">such as <c>data.json</c></param>
public sealed record PackageFile(string Name, ReadOnlyMemory<byte> Content);

/// <summary>What a provider puts into a package (protocols.md A3).</summary>
public sealed record PackageContent
{
    public required string DataSet { get; init; }
    public required int SchemaVersion { get; init; }
    public required string TransferId { get; init; }
    public required SubjectHash Subject { get; init; }
    public required IReadOnlyList<string> Fields { get; init; }

    /// <summary>Also the time of the entries in the ZIP, in UTC.</summary>
    public required DateTimeOffset IssuedAt { get; init; }

    /// <summary><c>data.json</c> always.</summary>
    public required IReadOnlyList<PackageFile> Files { get; init; }
}

/// <summary>META-INFO/package.json, as read. The older national packages have none.</summary>
public sealed record PackageInfo(
    string DataSet,
    int SchemaVersion,
    string TransferId,
    SubjectHash Subject,
    IReadOnlyList<string> Fields,
    DateTimeOffset IssuedAt
);

/// <summary>What a reader takes (protocols.md A3, security.md D3).</summary>
public sealed record PackageLimits
{
    public static PackageLimits Default { get; } = new();

    public int Entries { get; init; } = 200;

    /// <summary>Bytes of the ZIP.</summary>
    public long Packed { get; init; } = 50 * 1024 * 1024;

    /// <summary>Bytes of all files together, unpacked.</summary>
    public long Unpacked { get; init; } = 200 * 1024 * 1024;

    /// <summary>Unpacked to packed, for each file.</summary>
    public int Ratio { get; init; } = 100;
}
