using System.Security.Cryptography;

namespace MyData.Core.Data;

/// <summary>
/// The platform's secret keys, one file each, outside the database. Its thief could read the national IDs and contacts
/// in a stolen database, and sign receipts and tokens; never open a citizen's package.
/// </summary>
public sealed class KeyFolder(string path, bool mayCreate)
{
    private const UnixFileMode OwnerFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private const UnixFileMode Others =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    public string Path { get; } = path;

    /// <summary>Whether a missing key is made (Development) or stops the start (Production).</summary>
    public bool MayCreate { get; } = mayCreate;

    /// <summary>The bytes of a named key; made from <paramref name="create"/> at first use where that is allowed.</summary>
    /// <exception cref="InvalidOperationException">The key is missing, and may not be made here.</exception>
    public byte[] Get(string name, Func<byte[]> create)
    {
        var file = System.IO.Path.Combine(Path, name);
        if (File.Exists(file))
            return File.ReadAllBytes(file);
        if (!MayCreate)
            throw new InvalidOperationException($"The key '{name}' is missing in the key folder '{Path}'.");
        return Create(file, create());
    }

    /// <summary>A symmetric key of 32 bytes.</summary>
    public byte[] GetSecret(string name) => Get(name, () => RandomNumberGenerator.GetBytes(32));

    public IEnumerable<string> Names(string pattern) =>
        new DirectoryInfo(Path) is { Exists: true } folder
            ? folder.EnumerateFiles(pattern).Select(file => file.Name)
            : [];

    /// <summary>A folder below, the owner's alone from its first moment: the next start refuses any other.</summary>
    public DirectoryInfo Below(string name)
    {
        var folder = System.IO.Path.Combine(Path, name);
        return OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(folder)
            : Directory.CreateDirectory(folder, OwnerFolder);
    }

    /// <summary>Stores a new key; where another process was first, its key is returned.</summary>
    public byte[] Add(string name, byte[] key) => Create(System.IO.Path.Combine(Path, name), key);

    /// <summary>Puts other bytes in a key's place. Whenever the process dies, the file holds either, whole.</summary>
    public void Replace(string name, byte[] key)
    {
        var file = System.IO.Path.Combine(Path, name);
        File.Move(WritePart(file, key), file, overwrite: true);
    }

    /// <summary>
    /// The folder, the folders below it and the keys in it that others than the owner can read or change. Empty on Windows,
    /// where the folder's own access list decides.
    /// </summary>
    public IEnumerable<string> Exposed()
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(Path))
            yield break;
        foreach (var entry in Entries())
            if ((File.GetUnixFileMode(entry) & Others) != UnixFileMode.None)
                yield return entry;
    }

    /// <summary>Makes the folder, and takes what is exposed away from everybody but the owner.</summary>
    public void Close()
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Path);
            return;
        }
        Directory.CreateDirectory(Path, OwnerFolder);
        foreach (var entry in Exposed().ToList())
            File.SetUnixFileMode(entry, File.GetUnixFileMode(entry) & ~Others);
    }

    private IEnumerable<string> Entries() =>
        [Path, .. Directory.EnumerateDirectories(Path), .. Directory.EnumerateFiles(Path)];

    private static byte[] Create(string file, byte[] key)
    {
        var part = WritePart(file, key);
        try
        {
            File.Move(part, file, overwrite: false);
            return key;
        }
        catch (IOException) when (File.Exists(file))
        {
            File.Delete(part);
            return File.ReadAllBytes(file);
        }
    }

    private static string WritePart(string file, byte[] key)
    {
        var folder = System.IO.Path.GetDirectoryName(file)!;
        var part = $"{file}.{Environment.ProcessId}.part";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
        {
            Directory.CreateDirectory(folder, OwnerFolder);
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        using (var stream = new FileStream(part, options))
        {
            stream.Write(key);
            stream.Flush(flushToDisk: true);
        }
        return part;
    }
}
