using System.Net.Security;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Web.Hosting;

namespace MyData.Web.Features.LedgerApi;

/// <summary>
/// One sender's connection. The next messages are read only when those before them are durable; so a sender that is faster than the log, or a log
/// that cannot be written, fills the sender's own buffers and loses nothing here. The goodbye (close_notify) comes when all is durable.
/// </summary>
internal sealed partial class SyslogConnection(
    SyslogIntake intake,
    SyslogFigures figures,
    MyDataSettings.SyslogSection settings,
    TimeProvider time,
    ILogger log
)
{
    /// <summary>Too many connections of this sender, or handshakes of all.</summary>
    public const string TooMany = "syslog.too_many";

    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    /// <returns>whether it ended as it should, all durable and the goodbye said</returns>
    public async Task<bool> RunAsync(SslStream tls, ClientKey sender, CancellationToken stopping)
    {
        var open = figures.Opened(sender.Client);
        try
        {
            if (open > settings.ConnectionsPerSender)
                throw new LedgerException(TooMany, "This sender has too many connections.");
            await using var frames = new SyslogFrames(tls, settings.MessageTimeout, time);
            while (await frames.ReadAsync(stopping) is { } messages)
                await TakeAsync(sender, messages, stopping);
            await tls.ShutdownAsync();
            return true;
        }
        catch (LedgerException refusal)
        {
            figures.Refused(sender.Client, refusal.Code);
            return false;
        }
        finally
        {
            figures.Closed(sender.Client);
        }
    }

    // Nothing that was read is given up while there is a connection and a portal.
    private async Task TakeAsync(
        ClientKey sender,
        IReadOnlyList<ReadOnlyMemory<byte>> messages,
        CancellationToken stopping
    )
    {
        for (var tries = 0; ; tries++)
        {
            try
            {
                Count(sender, await intake.TakeAsync(sender, messages, stopping));
                return;
            }
            catch (LedgerException failure) when (Writing.IsUnavailable(failure))
            {
                if (tries == 0)
                    Waiting(sender.Client);
                await Task.Delay(Again, time, stopping);
            }
        }
    }

    private void Count(ClientKey sender, IReadOnlyList<LedgerException?> results)
    {
        var refusals = results.OfType<LedgerException>().ToList();
        if (refusals.Count < results.Count)
            figures.Taken(sender.Client, results.Count - refusals.Count);
        foreach (var refusal in refusals)
            figures.Refused(sender.Client, refusal.Code);
        // Nothing more of it is taken, so it need not go on.
        if (refusals.FirstOrDefault(one => one.Code == "sent.key_revoked") is not null)
            throw new LedgerException("syslog.revoked", "The certificate was revoked while it was connected.");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Syslog of {Client} waits: nothing can be written now")]
    private partial void Waiting(string client);
}
