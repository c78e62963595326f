using System.Text;
using Microsoft.Data.Sqlite;
using MyData.Core.Data;

namespace MyData.Tests.Support;

/// <summary>What a thief of the database's files finds in them: the database, and the log beside it.</summary>
public static class DatabaseFiles
{
    public static bool Hold(string connectionString, params IEnumerable<ReadOnlyMemory<byte>> samples)
    {
        if (PostgresAddress.IsOne(connectionString))
            return PostgresServer.Shared.Files(connectionString).Any(file => Holds(file, samples));
        var database = new SqliteConnectionStringBuilder(connectionString).DataSource;
        return new[] { "", "-wal", "-shm", "-journal" }
            .Select(end => new FileInfo(database + end))
            .Any(file => file.Exists && Holds(file, samples));
    }

    public static bool Hold(string connectionString, params IEnumerable<string> texts) =>
        Hold(connectionString, texts.Select(text => new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(text))));

    private static bool Holds(FileInfo file, IEnumerable<ReadOnlyMemory<byte>> samples)
    {
        using var stream = file.Open(FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return samples.Any(sample => bytes.AsSpan(0, length).IndexOf(sample.Span) >= 0);
    }
}
