using System.Net;
using System.Net.Sockets;
using System.Text;
using MyData.Core.Notifications;

namespace MyData.Tests.Notifications;

public sealed class SmtpTransportTests
{
    private static readonly Mail Mail = new()
    {
        MessageId = "0199a0000000@mydata.test",
        From = "notice@mydata.test",
        To = "mei@example.test",
        Subject = "您的資料到了：個人戶籍資料",
        Text = "第一行\n.\n第三行，含罕用字 𠮷",
        Language = "zh-TW",
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Send_ServerTakesIt_CarriesIdTextAndHeaders()
    {
        using var server = new ScriptedServer();
        await new SmtpTransport(() => server.Address()).SendAsync(Mail, Token);
        var message = await server.Message;
        Assert.Contains("Message-ID: <0199a0000000@mydata.test>", message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Auto-Submitted: auto-generated", message);
        Assert.Contains("Content-Language: zh-TW", message);
        Assert.Contains("To: mei@example.test", message);
        var body = message[(message.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..].Trim('.', '\r', '\n');
        Assert.Equal("第一行\r\n.\r\n第三行，含罕用字 𠮷", Encoding.UTF8.GetString(Convert.FromBase64String(body)));
    }

    [Fact]
    public async Task Send_SubjectWithLineBreaks_AddsNoHeader()
    {
        using var server = new ScriptedServer();
        var mail = Mail with { Subject = "x\r\nBcc: eve@example.test\r\n\r\nbody" };
        await new SmtpTransport(() => server.Address()).SendAsync(mail, Token);
        Assert.DoesNotContain("\r\nBcc:", await server.Message);
        Assert.Equal(["RCPT TO:<mei@example.test>"], server.Recipients);
    }

    [Theory]
    [InlineData("550 5.1.1 no such user", "mail.smtp-550", true)]
    [InlineData("553 5.1.3 bad address", "mail.smtp-553", true)]
    [InlineData("451 4.3.0 later", "mail.smtp-451", false)]
    [InlineData("450 4.2.1 busy", "mail.smtp-450", false)]
    public async Task Send_RecipientRefused_IsFinalOnlyWhereTheServerSaysSo(string answer, string code, bool forGood)
    {
        using var server = new ScriptedServer(recipientAnswer: answer);
        var failure = await Assert.ThrowsAsync<MailException>(() =>
            new SmtpTransport(() => server.Address()).SendAsync(Mail, Token)
        );
        Assert.Equal((code, forGood), (failure.Code, failure.ForGood));
    }

    [Fact]
    public async Task Send_TlsWantedAndNotOffered_SendsNothing()
    {
        using var server = new ScriptedServer();
        var failure = await Assert.ThrowsAsync<MailException>(() =>
            new SmtpTransport(() => server.Address() with { UseTls = true }).SendAsync(Mail, Token)
        );
        Assert.False(failure.ForGood);
        Assert.Empty(server.Recipients);
    }

    [Fact]
    public async Task Send_NobodyListens_IsTriedLater()
    {
        var gone = new ScriptedServer();
        var address = gone.Address();
        gone.Dispose();
        var failure = await Assert.ThrowsAsync<MailException>(() =>
            new SmtpTransport(() => address).SendAsync(Mail, Token)
        );
        Assert.False(failure.ForGood);
        failure = await Assert.ThrowsAsync<MailException>(() => new SmtpTransport(() => null).SendAsync(Mail, Token));
        Assert.Equal(("mail.no-server", false), (failure.Code, failure.ForGood));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nobody")]
    [InlineData("a@example.test\r\nRCPT TO:<eve@example.test>")]
    public async Task Send_NoAddress_IsFinalAndCallsNobody(string to)
    {
        using var server = new ScriptedServer();
        var failure = await Assert.ThrowsAsync<MailException>(() =>
            new SmtpTransport(() => server.Address()).SendAsync(Mail with { To = to }, Token)
        );
        Assert.Equal(("mail.address", true), (failure.Code, failure.ForGood));
        Assert.Empty(server.Recipients);
    }

    /// <summary>A mail server for one mail, without extensions (RFC 5321).</summary>
    private sealed class ScriptedServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly TaskCompletionSource<string> _message = new();
        private readonly string _recipientAnswer;
        private readonly List<string> _recipients = [];

        public ScriptedServer(string recipientAnswer = "250 ok")
        {
            _recipientAnswer = recipientAnswer;
            _listener.Start();
            _ = ServeAsync();
        }

        public Task<string> Message => _message.Task.WaitAsync(TimeSpan.FromSeconds(20));

        public IReadOnlyList<string> Recipients => _recipients;

        public SmtpServer Address() =>
            new()
            {
                Host = "127.0.0.1",
                Port = ((IPEndPoint)_listener.LocalEndpoint).Port,
                UseTls = false,
            };

        public void Dispose() => _listener.Dispose();

        private async Task ServeAsync()
        {
            try
            {
                using var client = await _listener.AcceptTcpClientAsync();
                await using var stream = client.GetStream();
                using var reader = new StreamReader(stream, Encoding.UTF8);
                await using var writer = new StreamWriter(stream, new UTF8Encoding(false))
                {
                    NewLine = "\r\n",
                    AutoFlush = true,
                };
                await writer.WriteLineAsync("220 test");
                while (await reader.ReadLineAsync() is { } line)
                    await AnswerAsync(line, reader, writer);
            }
            catch (Exception gone) when (gone is IOException or SocketException or ObjectDisposedException)
            {
                _message.TrySetException(gone);
            }
        }

        private async Task AnswerAsync(string line, StreamReader reader, StreamWriter writer)
        {
            if (line.StartsWith("RCPT", StringComparison.Ordinal))
            {
                _recipients.Add(line);
                await writer.WriteLineAsync(_recipientAnswer);
                return;
            }
            if (line != "DATA")
            {
                await writer.WriteLineAsync(line == "QUIT" ? "221 bye" : "250 ok");
                return;
            }
            await writer.WriteLineAsync("354 go on");
            var message = new StringBuilder();
            while (await reader.ReadLineAsync() is { } text && text != ".")
                message.Append(text).Append("\r\n");
            _message.TrySetResult(message.ToString());
            await writer.WriteLineAsync("250 taken");
        }
    }
}
