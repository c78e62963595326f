using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Net.Mime;
using System.Text;

namespace MyData.Core.Notifications;

/// <summary>An SMTP server, and how to speak to it.</summary>
public sealed record SmtpServer
{
    public required string Host { get; init; }
    public required int Port { get; init; }

    /// <summary>STARTTLS (RFC 3207); a server that does not offer it is refused.</summary>
    public required bool UseTls { get; init; }

    /// <summary>Empty: without sign-in.</summary>
    public string User { get; init; } = "";
    public string Password { get; init; } = "";
}

/// <summary>Mail over SMTP (RFC 5321). The server is asked for at each mail: the sandbox's listens later than we start.</summary>
public sealed class SmtpTransport(Func<SmtpServer?> server) : IMailTransport
{
    /// <inheritdoc/>
    public async Task SendAsync(Mail mail, CancellationToken cancellationToken)
    {
        var to = server() ?? throw new MailException("mail.no-server", forGood: false);
        using var message = Message(mail);
        using var client = new SmtpClient(to.Host, to.Port) { EnableSsl = to.UseTls };
        if (to.User.Length > 0)
            client.Credentials = new NetworkCredential(to.User, to.Password);
        try
        {
            await client.SendMailAsync(message, cancellationToken);
        }
        // Only an answer about the address itself is final; a server that is set up wrongly gets repaired.
        catch (SmtpFailedRecipientException refused)
        {
            throw new MailException(Code(refused), forGood: (int)refused.StatusCode is >= 550 and < 600, refused);
        }
        catch (SmtpException failure)
        {
            throw new MailException(Code(failure), forGood: false, failure);
        }
        catch (OperationCanceledException late) when (cancellationToken.IsCancellationRequested)
        {
            throw new MailException("mail.timeout", forGood: false, late);
        }
    }

    private static MailMessage Message(Mail mail)
    {
        if (!MailAddress.TryCreate(mail.To, out var to))
            throw new MailException("mail.address", forGood: true);
        var message = new MailMessage(new MailAddress(mail.From), to)
        {
            // A header is one line (RFC 5322 §2.2).
            Subject = mail.Subject.ReplaceLineEndings(" "),
            SubjectEncoding = Encoding.UTF8,
            HeadersEncoding = Encoding.UTF8,
            Body = mail.Text.ReplaceLineEndings("\r\n"),
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = TransferEncoding.Base64,
        };
        message.Headers["Message-ID"] = $"<{mail.MessageId}>";
        message.Headers["Content-Language"] = mail.Language;
        // RFC 3834 §5: no answering machine should answer.
        message.Headers["Auto-Submitted"] = "auto-generated";
        return message;
    }

    private static string Code(SmtpException failure) =>
        (int)failure.StatusCode > 0
            ? string.Create(CultureInfo.InvariantCulture, $"mail.smtp-{(int)failure.StatusCode}")
            : "mail.unreachable";
}
