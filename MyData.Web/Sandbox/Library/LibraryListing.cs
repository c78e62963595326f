using MyData.Core.Catalog;
using MyData.Web.Sandbox.Relying;

namespace MyData.Web.Sandbox.Library;

/// <summary>What the made-up library registers at the portal: its readers sign in with it, and it asks for no data.</summary>
public static class LibraryListing
{
    public const string Id = "city-library";
    public const string Root = "/library";
    public const string Callback = Root + RelyingParty.Callback;
    public const string Bye = Root + "/bye";

    public static OnlineServiceListing Service(LibraryKeys keys) =>
        new()
        {
            Id = Id,
            Name = new("讀者專區", "Readers’ pages"),
            Organisation = new("沙盒市立圖書館", "Sandbox City Library"),
            Glyph = "圖",
            Purpose = new("讓讀者登入，借書、續借、預約。", "To let readers in, to borrow, renew and reserve."),
            PurposeCode = "library-readers",
            Retention = TimeSpan.FromDays(365),
            TermsVersion = 1,
            Site = Root,
            RedirectUris = [Callback],
            EventUrl = Root + LibraryEvents.Path,
            Contact = "events@library.example",
            ClientKeys = [keys.Client.PublicOnly().ToJson()],
            RecipientKey = keys.Recipient.PublicOnly().ToJson(),
            Items = [],
            SignIn = new()
            {
                Claims =
                [
                    new(SignInClaims.Name, Required: true),
                    new(SignInClaims.Birthdate, Required: false),
                    new(SignInClaims.Email, Required: false),
                ],
                PostLogoutRedirectUris = [Bye],
                Linking = true,
            },
        };
}
