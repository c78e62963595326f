using System.Buffers;
using System.IO.Pipelines;
using System.Text;

namespace MyData.Web.Sandbox.Mail;

/// <summary>One connection to the mail server, command by command.</summary>
public sealed class SmtpSession(Stream stream, Mailbox mailbox, TimeProvider clock)
{
    private const int LongestLine = 4_096;
    private const int LargestMail = 1024 * 1024;
    private const int MostRecipients = 20;

    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    private readonly PipeReader reader = PipeReader.Create(stream);
    private readonly List<string> to = [];
    private string? from;

    public async Task RunAsync(CancellationToken ct)
    {
        await SayAsync("220 sandbox ESMTP", ct);
        while (await LineAsync(ct) is { } line)
        {
            var verb = line[..Math.Min(4, line.Length)].ToUpperInvariant();
            if (verb == "QUIT")
            {
                await SayAsync("221 2.0.0 bye", ct);
                return;
            }
            await SayAsync(verb == "DATA" ? await DataAsync(ct) : Answer(verb, line), ct);
        }
    }

    private string Answer(string verb, string line)
    {
        switch (verb)
        {
            case "EHLO":
                Reset();
                return $"250-sandbox\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250-PIPELINING\r\n250 SIZE {LargestMail}";
            case "HELO" or "RSET":
                Reset();
                return "250 2.0.0 ok";
            case "NOOP":
                return "250 2.0.0 ok";
            case "VRFY":
                return "252 2.1.5 send, and it will be taken";
            case "MAIL" when Address(line, "FROM:") is { } sender:
                Reset();
                from = sender;
                return "250 2.1.0 ok";
            case "RCPT" when from is null:
                return "503 5.5.1 MAIL first";
            case "RCPT" when to.Count >= MostRecipients:
                return "452 4.5.3 too many recipients";
            case "RCPT" when Address(line, "TO:") is { Length: > 0 } recipient:
                to.Add(recipient);
                return "250 2.1.5 ok";
            case "MAIL" or "RCPT":
                return "501 5.1.3 no such address";
            default:
                return "502 5.5.1 not here";
        }
    }

    private async Task<string> DataAsync(CancellationToken ct)
    {
        if (from is null || to.Count == 0)
            return "503 5.5.1 MAIL and RCPT first";
        await SayAsync("354 go on, and end with a dot", ct);
        var message = new ArrayBufferWriter<byte>();
        var tooLarge = false;
        while (await LineAsync(ct) is { } line && line != ".")
        {
            // RFC 5321 §4.5.2: a dot in front was doubled by the sender.
            var bytes = Encoding.Latin1.GetBytes(line.StartsWith('.') ? line[1..] : line);
            tooLarge = tooLarge || message.WrittenCount + bytes.Length > LargestMail;
            if (!tooLarge)
            {
                message.Write(bytes);
                message.Write("\r\n"u8);
            }
        }
        if (!tooLarge)
            mailbox.Add(from, [.. to], message.WrittenSpan);
        Reset();
        return tooLarge ? "552 5.3.4 too large" : "250 2.0.0 taken";
    }

    private void Reset()
    {
        from = null;
        to.Clear();
    }

    private static string? Address(string line, string after)
    {
        var start = line.IndexOf(after, StringComparison.OrdinalIgnoreCase);
        var open = start < 0 ? -1 : line.IndexOf('<', start);
        var close = open < 0 ? -1 : line.IndexOf('>', open);
        // Lines are read byte by byte; an address may be UTF-8 (RFC 6531).
        return close < 0 ? null : Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(line[(open + 1)..close]));
    }

    private async Task SayAsync(string text, CancellationToken ct) =>
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"), ct);

    /// <summary>The next line without its end, one character a byte; null at the end of the connection.</summary>
    private async Task<string?> LineAsync(CancellationToken ct)
    {
        using var patience = new CancellationTokenSource(Silence, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, patience.Token);
        while (true)
        {
            var read = await reader.ReadAsync(either.Token);
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.Latin1.GetString(buffer.Slice(0, end)).TrimEnd('\r');
                reader.AdvanceTo(buffer.GetPosition(1, end));
                return line;
            }
            if (read.IsCompleted || buffer.Length > LongestLine)
                return null;
            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }
}
