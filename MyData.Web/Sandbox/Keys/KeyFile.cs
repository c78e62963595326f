using System.Security.Cryptography;
using System.Text.Json;

namespace MyData.Web.Sandbox.Keys;

/// <summary>The file as it stands on disk: <c>keys.json</c>, readable by its owner only, written in one move.</summary>
internal sealed record KeyFile
{
    public required CertifiedKey Root { get; init; }

    public required string IdentityProvider { get; init; }

    public required string ClientSecret { get; init; }

    public required SortedDictionary<string, AgencyKeyEntry> Agencies { get; init; }

    private const string Name = "keys.json";
    private const int LockTries = 600;

    private static readonly TimeSpan LockPause = TimeSpan.FromMilliseconds(50);
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static KeyFile LoadOrCreate(string folder, IReadOnlyCollection<string> agencyIds, TimeProvider clock)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, Name);
        if (Read(path, agencyIds, clock) is { } ready)
            return ready;
        using (Hold(Path.Combine(folder, "keys.lock")))
        {
            // Another process may have made them while this one waited.
            if (Read(path, agencyIds, clock) is { } made)
                return made;
            var file = KeyMaking.Make(agencyIds, clock);
            Write(path, file);
            return file;
        }
    }

    /// <summary>Null where there is none yet, or where it knows too few agencies or is about to run out.</summary>
    private static KeyFile? Read(string path, IReadOnlyCollection<string> agencyIds, TimeProvider clock)
    {
        if (!File.Exists(path))
            return null;
        var file = JsonSerializer.Deserialize<KeyFile>(File.ReadAllBytes(path));
        return file is not null && agencyIds.All(file.Agencies.ContainsKey) && KeyMaking.StillGood(file, clock)
            ? file
            : null;
    }

    private static void Write(string path, KeyFile file)
    {
        var part = path + ".part";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var stream = new FileStream(part, options))
        {
            JsonSerializer.Serialize(stream, file, Indented);
            stream.Flush(flushToDisk: true);
        }
        File.Move(part, path, overwrite: true);
    }

    /// <summary>Opens a file that nobody else may open; the system lets go of it even when this process is killed.</summary>
    private static FileStream Hold(string path)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (tries < LockTries)
            {
                Thread.Sleep(LockPause);
            }
        }
    }
}

internal sealed record CertifiedKey
{
    public required byte[] Certificate { get; init; }

    /// <summary>PKCS#8.</summary>
    public required byte[] Key { get; init; }
}

internal sealed record AgencyKeyEntry
{
    public required byte[] Certificate { get; init; }

    /// <summary>PKCS#8, RSA-2048.</summary>
    public required byte[] Key { get; init; }

    /// <summary>Private JWK, ES256.</summary>
    public required string Client { get; init; }

    public required string ResourceSecret { get; init; }
}
