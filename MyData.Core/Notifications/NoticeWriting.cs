using System.Globalization;
using MyData.Core.Data;

namespace MyData.Core.Notifications;

/// <summary>What every mail says about the portal itself.</summary>
public sealed record NoticeSettings
{
    /// <summary>The sender's address, such as <c>notice@mydata.example.tw</c>.</summary>
    public required string From { get; init; }

    /// <summary>The portal's address without a trailing slash; known only when the server listens.</summary>
    public required Func<string> Portal { get; init; }

    public required string HelpPhone { get; init; }
    public required string HelpEmail { get; init; }
}

/// <summary>Makes a mail or a line in the portal out of a notice.</summary>
public sealed class NoticeWriting(INoticeDirectory directory, PersonalDataVault vault, NoticeSettings settings)
{
    /// <summary>The mail of a notice, or null where nobody may or wants to get one.</summary>
    internal async Task<Mail?> MailAsync(Notice notice, CancellationToken cancellationToken)
    {
        var kind = NoticeKinds.Find(notice.Kind);
        var recipient = await directory.RecipientAsync(notice.CitizenId, notice.Kind, cancellationToken);
        var language = CultureInfo.GetCultureInfo(notice.Language ?? recipient?.Language ?? "zh-TW");
        string Open(byte[] value) => vault.Open(value, NoticeParameters.SealPurpose, notice.CitizenId);
        var values = await ValuesAsync(notice.Parameters, language, Open, cancellationToken);
        if (Address(kind, recipient, values) is not { Length: > 0 } address)
            return null;
        values["portal"] = settings.Portal();
        values["phone"] = settings.HelpPhone;
        values["help"] = settings.HelpEmail;
        return new Mail
        {
            MessageId = $"{notice.Id:N}@{Domain(settings.From)}",
            From = settings.From,
            To = address,
            Subject = NoticeText.Subject(notice.Kind, values, language),
            Text = NoticeText.Body(notice.Kind, values, language),
            Language = language.Name,
        };
    }

    /// <summary>The line in the portal. No sealed parameter is opened for it.</summary>
    public async Task<string> LineAsync(
        NoticeView notice,
        CultureInfo language,
        CancellationToken cancellationToken = default
    ) =>
        NoticeText.Line(
            notice.Kind,
            await ValuesAsync(notice.Parameters, language, open: null, cancellationToken),
            language
        );

    private async Task<Dictionary<string, string>> ValuesAsync(
        string parameters,
        CultureInfo language,
        Func<byte[], string>? open,
        CancellationToken cancellationToken
    )
    {
        var values = NoticeParameters.Read(parameters, language, open);
        if (
            values.TryGetValue("dataset", out var id)
            && await directory.DataSetNameAsync(id, language.Name, cancellationToken) is { } name
        )
            values["dataset"] = name;
        return values;
    }

    // Nobody gets another's mail: an address that is not proven yet gets its own proving mail and nothing else.
    private static string? Address(NoticeKind kind, NoticeRecipient? recipient, Dictionary<string, string> values)
    {
        if (kind.ProvesTheAddress && values.TryGetValue("to", out var own))
            return own;
        // It is for the address that was replaced; where there was none, the portal's line says it.
        if (kind.Name == NoticeKinds.ContactChanged)
            return null;
        if (recipient is null || (kind.OnlyIfWanted && !recipient.Wanted))
            return null;
        return recipient.Verified || kind.Name == NoticeKinds.ContactVerificationCode ? recipient.Email : null;
    }

    private static string Domain(string address) => address[(address.LastIndexOf('@') + 1)..];
}
