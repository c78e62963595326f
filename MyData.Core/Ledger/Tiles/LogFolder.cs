using System.Security.Cryptography;

namespace MyData.Core.Ledger;

/// <summary>
/// A log's full tiles and bundles as files. What a crash leaves: the file whole and durable, or a temporary one beside it that nobody
/// reads. A file that is there is never written again; only checkpoint and policy are replaced.
/// </summary>
/// <remarks>The files are not trusted: the tree that is loaded from them must have the root that the database knows.</remarks>
/// <param name="keepsPartial">whether partial tiles are files too, as in an export, which no memory stands behind</param>
public sealed class LogFolder(string folder, bool keepsPartial = false) : ILogReader
{
    private const string Temporary = ".new";

    // In each temporary name, so that what an earlier process left is told from what is being written.
    private static readonly string _process = RandomNumberGenerator.GetHexString(16, lowercase: true);

    /// <summary>Bytes that are free on its disk, and all.</summary>
    /// <exception cref="IOException">the disk is gone</exception>
    public (long Free, long Total) Disk()
    {
        var disk = new DriveInfo(Path.GetFullPath(folder));
        return (disk.AvailableFreeSpace, disk.TotalSize);
    }

    /// <summary>Removes the temporary files that earlier processes left.</summary>
    /// <exception cref="IOException">one cannot be removed</exception>
    public void Sweep()
    {
        if (!Directory.Exists(folder))
            return;
        // With a part before it: what stands beside other files, such as a journal, is theirs.
        foreach (var file in Directory.EnumerateFiles(folder, $"*.*{Temporary}", SearchOption.AllDirectories))
        {
            if (!file.EndsWith($".{_process}{Temporary}", StringComparison.Ordinal))
                File.Delete(file);
        }
    }

    public ValueTask<byte[]?> ReadAsync(string path, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        if (path is not (ILogReader.Checkpoint or ILogReader.Policy) && !TilePath.TryParse(path, out _))
            return new((byte[]?)null);
        try
        {
            return new(File.ReadAllBytes(Path.Combine(folder, path)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new((byte[]?)null);
        }
    }

    /// <summary>Makes a tile or bundle durable. The same bytes again are no error: so recovery runs the normal path.</summary>
    /// <exception cref="LedgerException"><c>tile.partial</c>; <c>tile.differs</c>: the file is there with other bytes</exception>
    /// <exception cref="IOException">the disk is full, or gone</exception>
    public void Store(TilePath path, ReadOnlySpan<byte> bytes)
    {
        if (!path.IsFull && !keepsPartial)
            throw new LedgerException("tile.partial", $"{path} is not full: partial tiles are answered from memory.");
        var file = Path.Combine(folder, path.ToString());
        if (!File.Exists(file))
        {
            var temporary = WriteBeside(file, bytes);
            try
            {
                File.Move(temporary, file, overwrite: false);
            }
            catch (Exception failure)
            {
                File.Delete(temporary);
                if (failure is not IOException || !File.Exists(file))
                    throw;
            }
        }
        if (!File.ReadAllBytes(file).AsSpan().SequenceEqual(bytes))
            throw new LedgerException("tile.differs", $"{path} is there, with other bytes.");
        DurableFolder.Sync(Path.GetDirectoryName(file)!);
    }

    /// <summary>Moves a file that was found wrong out of the log, as evidence; the right bytes can then be stored in its place.</summary>
    /// <param name="at">becomes part of the evidence's name</param>
    /// <returns>where it is now; null where there was none</returns>
    public string? SetAside(TilePath path, DateTimeOffset at) => SetAside(path.ToString(), at);

    /// <inheritdoc cref="SetAside(TilePath, DateTimeOffset)"/>
    /// <param name="path">below the log's folder</param>
    public string? SetAside(string path, DateTimeOffset at)
    {
        var file = Path.Combine(folder, path);
        if (!File.Exists(file))
            return null;
        var name = $"{LogText.Decimal(at.ToUnixTimeMilliseconds())}-{path.Replace('/', '-')}";
        var evidence = Path.Combine(folder, "evidence", name);
        DurableFolder.Create(Path.GetDirectoryName(evidence)!, folder);
        File.Move(file, evidence, overwrite: true);
        DurableFolder.Sync(Path.GetDirectoryName(evidence)!);
        DurableFolder.Sync(Path.GetDirectoryName(file)!);
        return evidence;
    }

    /// <summary>Puts the newest checkpoint in place of the one before.</summary>
    public void Publish(ReadOnlySpan<byte> checkpoint) => Replace(ILogReader.Checkpoint, checkpoint);

    /// <summary>Puts down whom to believe.</summary>
    public void PublishPolicy(ReadOnlySpan<byte> policy) => Replace(ILogReader.Policy, policy);

    private void Replace(string name, ReadOnlySpan<byte> bytes)
    {
        var file = Path.Combine(folder, name);
        var temporary = WriteBeside(file, bytes);
        try
        {
            File.Move(temporary, file, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
        DurableFolder.Sync(folder);
    }

    private string WriteBeside(string file, ReadOnlySpan<byte> bytes)
    {
        DurableFolder.Create(Path.GetDirectoryName(file)!, folder);
        var random = RandomNumberGenerator.GetHexString(16, lowercase: true);
        var temporary = $"{file}.{random}.{_process}{Temporary}";
        try
        {
            using var stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
            stream.Write(bytes);
            stream.Flush(flushToDisk: true);
        }
        catch
        {
            // On a full disk each attempt would leave one.
            File.Delete(temporary);
            throw;
        }
        return temporary;
    }
}
