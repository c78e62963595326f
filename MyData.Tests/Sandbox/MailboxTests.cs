using System.Net;
using System.Net.Mail;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using MyData.Web.Sandbox.Mail;

namespace MyData.Tests.Sandbox;

public sealed class MailboxTests(SandboxServer sandbox) : IClassFixture<SandboxServer>
{
    private int Port => sandbox.Services.GetRequiredService<SmtpSink>().Port;

    [Fact]
    public async Task Mail_OfTheFrameworksClient_ArrivesDecoded()
    {
        using var client = new SmtpClient("127.0.0.1", Port);
        using var mail = new MailMessage("no-reply@mydata.example", "lin@example.tw")
        {
            Subject = "您的所得資料已備妥：請在八小時內開啟，逾期將由平臺刪除 \U000242EE",
            SubjectEncoding = Encoding.UTF8,
            Body = "林怡君您好：\n\n資料已備妥。\n.一行以點開頭\n" + new string('長', 500),
            BodyEncoding = Encoding.UTF8,
        };
        await client.SendMailAsync(mail, TestContext.Current.CancellationToken);
        var received = sandbox.Services.GetRequiredService<Mailbox>().All()[0];
        Assert.Equal(mail.Subject, received.Subject);
        Assert.Equal(mail.Body, received.Text);
        Assert.Equal(("no-reply@mydata.example", "lin@example.tw"), (received.From, Assert.Single(received.To)));
    }

    [Fact]
    public async Task Session_Commands_AnswerByTheRules()
    {
        using var talk = await Talk.StartAsync(Port);
        Assert.StartsWith("220", await talk.HearAsync());
        Assert.StartsWith("503", await talk.SayAsync("DATA"));
        Assert.StartsWith("503", await talk.SayAsync("RCPT TO:<a@example.tw>"));
        Assert.StartsWith("250", await talk.SayAsync("HELO me"));
        Assert.StartsWith("501", await talk.SayAsync("MAIL FROM:nobody"));
        Assert.StartsWith("250", await talk.SayAsync("MAIL FROM:<me@example.tw> SIZE=20"));
        Assert.StartsWith("501", await talk.SayAsync("RCPT TO:<>"));
        Assert.StartsWith("250", await talk.SayAsync("RCPT TO:<a@example.tw>"));
        Assert.StartsWith("354", await talk.SayAsync("DATA"));
        Assert.StartsWith("250", await talk.SayAsync("Subject: dots\r\n\r\n..one\r\n."));
        Assert.StartsWith("502", await talk.SayAsync("TURN"));
        Assert.StartsWith("221", await talk.SayAsync("QUIT"));
        Assert.Null(await talk.HearAsync());
        Assert.Equal(".one", sandbox.Services.GetRequiredService<Mailbox>().All()[0].Text);
    }

    [Fact]
    public async Task Session_TooLargeMail_IsRefusedAndGoesOn()
    {
        using var talk = await Talk.StartAsync(Port);
        await talk.HearAsync();
        await talk.SayAsync("HELO me");
        await talk.SayAsync("MAIL FROM:<me@example.tw>");
        await talk.SayAsync("RCPT TO:<large@example.tw>");
        await talk.SayAsync("DATA");
        var line = new string('x', 1_000) + "\r\n";
        Assert.StartsWith("552", await talk.SayAsync(string.Concat(Enumerable.Repeat(line, 1_100)) + "."));
        Assert.StartsWith("250", await talk.SayAsync("NOOP"));
        Assert.DoesNotContain(
            sandbox.Services.GetRequiredService<Mailbox>().All(),
            m => m.To.Contains("large@example.tw")
        );
    }

    [Fact]
    public async Task Session_LineWithoutEnd_IsCutOff()
    {
        using var talk = await Talk.StartAsync(Port);
        await talk.HearAsync();
        Assert.Null(await talk.SayAsync(new string('A', 200_000)));
    }

    [Fact]
    public async Task Json_Always_TellsThePortAndTheMails()
    {
        using var mailbox = JsonDocument.Parse(await sandbox.Http.GetStringAsync("sandbox/mailbox.json"));
        Assert.Equal(Port, mailbox.RootElement.GetProperty("port").GetInt32());
        Assert.Equal(JsonValueKind.Array, mailbox.RootElement.GetProperty("mails").ValueKind);
    }

    [Fact]
    public async Task Page_HostileMail_IsShownAsText()
    {
        var mailbox = sandbox.Services.GetRequiredService<Mailbox>();
        mailbox.Add(
            "a@example.tw",
            ["b@example.tw"],
            "Subject: <img src=x onerror=alert(1)>\r\n\r\n<script>alert(2)</script>"u8
        );
        var page = await sandbox.Http.GetStringAsync("sandbox/mailbox");
        Assert.DoesNotContain("<img src=x", page);
        Assert.DoesNotContain("<script>", page);
        Assert.Contains("&lt;script&gt;alert(2)&lt;/script&gt;", page);
    }

    [Theory]
    [InlineData("Subject: =?utf-8?B?5p6X?= =?utf-8?Q?=E6=80=A1?=\r\n\r\nx", "林怡", "x")]
    [InlineData("Subject: a\r\n b\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=E6=9E=97=\r\n!", "a b", "林!")]
    [InlineData(
        "Content-Type: multipart/alternative; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>\r\n--b\r\nContent-Type: text/plain\r\n\r\nplain\r\n--b--",
        "",
        "plain"
    )]
    [InlineData("Subject: =?utf-8?B?%%%?=\r\nContent-Transfer-Encoding: base64\r\n\r\n***", "%%%", "***")]
    [InlineData("no header at all", "", "")]
    public void Read_Message_GivesSubjectAndPlainText(string message, string subject, string text) =>
        Assert.Equal((subject, text), MailText.Read(Encoding.UTF8.GetBytes(message)));

    [Fact]
    public void Add_MoreThanItHolds_ForgetsTheOldest()
    {
        var mailbox = new Mailbox(sandbox.Time);
        for (var i = 0; i < 250; i++)
            mailbox.Add("a", ["b"], Encoding.ASCII.GetBytes($"Subject: {i}\r\n\r\n"));
        Assert.Equal(200, mailbox.All().Count);
        Assert.Equal(("249", "50"), (mailbox.All()[0].Subject, mailbox.All()[^1].Subject));
    }

    private sealed class Talk(TcpClient client) : IDisposable
    {
        private readonly StreamReader _in = new(client.GetStream(), Encoding.ASCII);

        public static async Task<Talk> StartAsync(int port)
        {
            var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, port);
            return new Talk(client);
        }

        public async Task<string?> SayAsync(string text)
        {
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(text + "\r\n"));
            return await HearAsync();
        }

        public async Task<string?> HearAsync()
        {
            try
            {
                return await _in.ReadLineAsync();
            }
            catch (IOException)
            {
                return null;
            }
        }

        public void Dispose() => client.Dispose();
    }
}
