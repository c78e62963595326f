namespace MyData.Core.Notifications;

/// <summary>Where a citizen can be reached.</summary>
/// <param name="Email">Null where she gave none.</param>
/// <param name="Verified">Whether she proved that it is hers; to another, only the proving mail goes.</param>
/// <param name="Language">zh-TW or en.</param>
/// <param name="Wanted">False where she switched this kind of notice off.</param>
public sealed record NoticeRecipient(string? Email, bool Verified, string Language, bool Wanted);

/// <summary>
/// What the outbox asks of accounts and catalogue. They use the outbox themselves, so the arrow is turned round here.
/// </summary>
public interface INoticeDirectory
{
    /// <summary>Null for an account that is closed.</summary>
    Task<NoticeRecipient?> RecipientAsync(Guid citizenId, string noticeKind, CancellationToken cancellationToken);

    /// <summary>The data set's name in that language; null where it is not in the catalogue any more.</summary>
    Task<string?> DataSetNameAsync(string dataSetId, string language, CancellationToken cancellationToken);
}
