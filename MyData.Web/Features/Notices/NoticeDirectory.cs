using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Notifications;

namespace MyData.Web.Features.Notices;

/// <summary>Answers the outbox from accounts and catalogue, which themselves use the outbox.</summary>
internal sealed class NoticeDirectory(CitizenAccounts accounts, Catalogue catalogue) : INoticeDirectory
{
    public async Task<NoticeRecipient?> RecipientAsync(
        Guid citizenId,
        string noticeKind,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var contact = await accounts.ContactAsync(citizenId, cancellationToken);
            var wanted = contact.Notices && !contact.Muted.Contains(noticeKind);
            return new NoticeRecipient(contact.Email, contact.Verified, contact.Language, wanted);
        }
        // An account that was closed since: nobody is left to be told.
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    public async Task<string?> DataSetNameAsync(
        string dataSetId,
        string language,
        CancellationToken cancellationToken
    ) =>
        await catalogue.FindAsync(dataSetId, cancellationToken) is { Listing.Name: var name }
            ? language == "en"
                ? name.En
                : name.Zh
            : null;
}
