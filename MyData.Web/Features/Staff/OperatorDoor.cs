using System.IO.Pipes;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Data;

namespace MyData.Web.Features.Staff;

/// <summary>
/// Where the commands <c>operator</c> and <c>ledger</c> reach the running portal: a socket beside the database, for processes of the same
/// user alone (the system says whose the other end is). That user could read the key folder and the database anyhow.
/// A line each way: the command's words, the answer.
/// </summary>
public sealed partial class OperatorDoor(
    DatabaseSettings database,
    OperatorOrders orders,
    TimeProvider time,
    ILogger<OperatorDoor> logger
) : BackgroundLoop
{
    /// <summary>How long one caller may hold the door.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    /// <summary>Has the portal that uses this database carry out an order.</summary>
    public static OperatorAnswer Ask(DatabaseSettings database, string[] words)
    {
        try
        {
            using var pipe = new NamedPipeClientStream(
                ".",
                Address(database),
                PipeDirection.InOut,
                PipeOptions.CurrentUserOnly
            );
            pipe.Connect(TimeSpan.FromSeconds(2));
            pipe.Write(Line(words));
            using var reader = new StreamReader(pipe, Encoding.UTF8);
            return reader.ReadLine() is { } line && JsonSerializer.Deserialize<OperatorAnswer>(line) is { } answer
                ? answer
                : OperatorAnswer.NotDone("The portal gave no answer; its log says why.");
        }
        catch (TimeoutException)
        {
            return OperatorAnswer.NotDone(
                "The portal does not run with this database. Start it first; only the portal changes its database."
            );
        }
        catch (Exception refused) when (refused is UnauthorizedAccessException or IOException or SocketException)
        {
            return OperatorAnswer.NotDone(
                $"The portal cannot be reached: {refused.Message}\nRun this as the user that the portal runs as."
            );
        }
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        using var pipe = Open();
        while (pipe is not null && !stopping.IsCancellationRequested)
        {
            try
            {
                await pipe.WaitForConnectionAsync(stopping);
            }
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                CallFailed(failure);
                await Task.Delay(Again, time, stopping);
                continue;
            }
            try
            {
                await AnswerAsync(pipe, stopping);
            }
            // Whoever calls badly, or hangs, does not close the door to the next.
            catch (Exception failure) when (!IsStop(failure, stopping))
            {
                CallFailed(failure);
            }
            pipe.Disconnect();
        }
    }

    // Without the door the portal serves citizens all the same.
    private NamedPipeServerStream? Open()
    {
        try
        {
            // The log's folder, where it stands with PostgreSQL, may not have been made yet.
            if (!OperatingSystem.IsWindows())
                Directory.CreateDirectory(Path.GetDirectoryName(Address(database))!);
            return new NamedPipeServerStream(
                Address(database),
                PipeDirection.InOut,
                maxNumberOfServerInstances: 1,
                PipeTransmissionMode.Byte,
                PipeOptions.CurrentUserOnly | PipeOptions.Asynchronous
            );
        }
        catch (Exception failure)
            when (failure is IOException or ArgumentException or UnauthorizedAccessException or SocketException)
        {
            NotOpened(failure);
            return null;
        }
    }

    private async Task AnswerAsync(NamedPipeServerStream pipe, CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        using var reader = new StreamReader(pipe, Encoding.UTF8, leaveOpen: true);
        var line = await reader.ReadLineAsync(either.Token);
        var words = JsonSerializer.Deserialize<string[]>(line ?? "[]") ?? [];
        await pipe.WriteAsync(Line(await orders.RunAsync(words, either.Token)), either.Token);
    }

    private static byte[] Line<T>(T value) => [.. JsonSerializer.SerializeToUtf8Bytes(value), (byte)'\n'];

    private static string Address(DatabaseSettings database)
    {
        var socket = database.Beside("operator");
        return OperatingSystem.IsWindows()
            ? $"mydata-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(socket)))}"
            : socket;
    }

    [LoggerMessage(
        Level = LogLevel.Error,
        Message = "The commands 'operator' and 'ledger' cannot reach this portal, but for 'operator add'"
    )]
    private partial void NotOpened(Exception failure);

    [LoggerMessage(Level = LogLevel.Warning, Message = "A call of the command 'operator' or 'ledger' failed")]
    private partial void CallFailed(Exception failure);
}
