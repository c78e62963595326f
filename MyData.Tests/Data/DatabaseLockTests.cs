using MyData.Core.Data;

namespace MyData.Tests.Data;

public sealed class DatabaseLockTests : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-lock-").FullName;

    private string Database => Path.Combine(_folder, "mydata.db");

    private DatabaseSettings Settings => new() { ConnectionString = $"Data Source={Database}" };

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Lock_NewDatabase_IsTheOwnersAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        using var held = new DatabaseLock(Settings);
        Assert.Equal(Owner, Mode(Database));
        Assert.Equal(Owner, Mode(Database + ".lock"));
    }

    [Fact]
    public void Lock_DatabaseThatOthersCouldRead_IsClosedToThem()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes.");
        foreach (var file in (string[])[Database, Database + "-wal", Database + "-shm"])
        {
            File.WriteAllText(file, "");
            Set(file, Owner | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        }
        using var held = new DatabaseLock(Settings);
        Assert.All(Directory.EnumerateFiles(_folder), file => Assert.Equal(Owner, Mode(file)));
    }

    [Fact]
    public void Lock_Twice_RefusesTheSecond()
    {
        using var held = new DatabaseLock(Settings);
        Assert.Throws<StartRefusedException>(() => new DatabaseLock(Settings));
    }

    private static UnixFileMode Mode(string file) =>
        OperatingSystem.IsWindows() ? throw new PlatformNotSupportedException() : File.GetUnixFileMode(file);

    private static void Set(string file, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, mode);
    }
}
