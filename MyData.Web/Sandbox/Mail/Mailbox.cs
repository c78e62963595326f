namespace MyData.Web.Sandbox.Mail;

/// <summary>One mail as it came in.</summary>
public sealed record ReceivedMail
{
    public required int Number { get; init; }

    public required DateTimeOffset ReceivedAt { get; init; }

    public required string From { get; init; }

    public required IReadOnlyList<string> To { get; init; }

    public required string Subject { get; init; }

    /// <summary>The plain-text part, decoded.</summary>
    public required string Text { get; init; }
}

/// <summary>The mails of all personas, in memory: the newest 200.</summary>
public sealed class Mailbox(TimeProvider clock)
{
    private const int Most = 200;

    private readonly Lock gate = new();
    private readonly LinkedList<ReceivedMail> mails = [];
    private int count;

    public void Add(string from, IReadOnlyList<string> to, ReadOnlySpan<byte> message)
    {
        var (subject, text) = MailText.Read(message);
        lock (gate)
        {
            mails.AddFirst(
                new ReceivedMail
                {
                    Number = ++count,
                    ReceivedAt = clock.GetUtcNow(),
                    From = from,
                    To = to,
                    Subject = subject,
                    Text = text,
                }
            );
            if (mails.Count > Most)
                mails.RemoveLast();
        }
    }

    /// <summary>Newest first.</summary>
    public IReadOnlyList<ReceivedMail> All()
    {
        lock (gate)
            return [.. mails];
    }

    public void Clear()
    {
        lock (gate)
            mails.Clear();
    }
}
