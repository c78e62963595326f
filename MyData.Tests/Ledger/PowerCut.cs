namespace MyData.Tests.Ledger;

/// <summary>What a power cut leaves at this moment: the files as they are, open or not.</summary>
internal static class PowerCut
{
    public static string Copy(string folder)
    {
        var copy = Directory.CreateTempSubdirectory("mydata-cut-").FullName;
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
        {
            // The shared memory is none after a restart, and the lock was the process's.
            if (file.EndsWith("-shm", StringComparison.Ordinal) || file.EndsWith(".lock", StringComparison.Ordinal))
                continue;
            var target = Path.Combine(copy, Path.GetRelativePath(folder, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            using var from = new FileStream(
                file,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            using var to = File.Create(target);
            from.CopyTo(to);
        }
        return copy;
    }
}
