namespace MyData.Core.Notifications;

/// <summary>One plain-text mail to one person.</summary>
public sealed record Mail
{
    /// <summary>RFC 5322 §3.6.4, without the angle brackets. The same at every attempt, so that a mail sent twice is one mail.</summary>
    public required string MessageId { get; init; }

    public required string From { get; init; }
    public required string To { get; init; }
    public required string Subject { get; init; }
    public required string Text { get; init; }

    /// <summary>RFC 3282 Content-Language.</summary>
    public required string Language { get; init; }
}

/// <summary>Hands mails to the world.</summary>
public interface IMailTransport
{
    /// <summary>Returns when a server has taken the mail.</summary>
    /// <exception cref="MailException">It was not taken.</exception>
    Task SendAsync(Mail mail, CancellationToken cancellationToken);
}

/// <summary>A mail was not taken.</summary>
/// <param name="code">Stable, such as <c>mail.no-server</c>, <c>mail.address</c>, <c>mail.smtp-550</c>.</param>
/// <param name="forGood">True where trying again cannot help: the address itself was refused.</param>
public sealed class MailException(string code, bool forGood, Exception? inner = null) : Exception(code, inner)
{
    public string Code { get; } = code;

    public bool ForGood { get; } = forGood;
}
