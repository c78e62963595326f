using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MyData.Core.Citizens;
using MyData.Core.Encryption;

namespace MyData.Core.Catalog;

/// <summary>What a listing must hold before anybody is shown it or the platform calls it; the first fault is told.</summary>
internal static class ListingChecks
{
    private const int LongestId = 64;
    private const int LongestText = 1000;

    public static void Check(IReadOnlyList<ProviderListing> listings)
    {
        Unique(listings.Select(provider => provider.Id), "agency");
        Unique(listings.Select(provider => provider.ClientId), "client id");
        Unique(listings.SelectMany(provider => provider.DataSets).Select(set => set.Id), "data set");
        foreach (var provider in listings)
        {
            Id(provider.Id);
            Id(provider.ClientId);
            Texts(provider.Id, provider.Name, provider.ShortName);
            Require(
                new StringInfo(provider.Glyph).LengthInTextElements == 1,
                provider.Id,
                "its glyph is one character"
            );
            Require(
                provider.CertificateSha256.Length == 64 && provider.CertificateSha256.All(char.IsAsciiHexDigitLower),
                provider.Id,
                "its certificate's digest is 64 lower-case hex digits"
            );
            foreach (var set in provider.DataSets)
                DataSet(set);
        }
    }

    public static void Check(IReadOnlyList<CounterServiceListing> services)
    {
        Unique(services.Select(service => service.Id), "service");
        foreach (var service in services)
        {
            Id(service.Id);
            Texts(service.Id, [service.Name, service.Organisation, service.Purpose, .. service.Bring]);
            Require(new StringInfo(service.Glyph).LengthInTextElements == 1, service.Id, "its glyph is one character");
            Require(service.Retention >= TimeSpan.Zero, service.Id, "its retention is not negative");
            Require(service.Needs.Count > 0, service.Id, "it asks for something");
            Unique(service.Items.Select(item => item.DataSet), "data set of a service");
            foreach (var need in service.Needs)
                Require(need.Least >= 1 && need.Least <= need.Of.Count, service.Id, "a need can be met");
            foreach (var item in service.Items)
                Require(item.Fields.Count > 0, service.Id, "each item has fields");
            Require(service.Offices.Count > 0, service.Id, "it has an office");
            Unique(service.Offices.Select(office => office.Id), "office of a service");
            foreach (var office in service.Offices)
            {
                Id(office.Id);
                Texts(office.Id, office.Name, office.Address);
            }
        }
    }

    /// <summary>
    /// A clerk works at an office, whose id stands for one organisation and one place: whatever service names it, now or earlier.
    /// </summary>
    /// <param name="earlier">those that are stored, listed or not</param>
    public static void Offices(
        IReadOnlyList<CounterServiceListing> services,
        IReadOnlyCollection<CounterServiceListing> earlier
    )
    {
        var all = services.SelectMany(service => service.Offices.Select(office => (service.Organisation, office)));
        foreach (var same in all.GroupBy(one => one.office.Id, StringComparer.Ordinal))
        {
            Require(same.Distinct().Count() == 1, same.Key, "an office has one organisation, name and address");
            var organisation = same.First().Organisation;
            foreach (var old in earlier.Where(old => old.Office(same.Key) is not null))
            {
                // An organisation may take another name, with its services.
                var was = services.FirstOrDefault(service => service.Id == old.Id) ?? old;
                Require(was.Organisation == organisation, same.Key, "an office's id stays with its organisation");
            }
        }
    }

    public static void Check(IReadOnlyList<OnlineServiceListing> services)
    {
        Unique(services.Select(service => service.Id), "service");
        foreach (var service in services)
        {
            Id(service.Id);
            Id(service.PurposeCode);
            Texts(service.Id, service.Name, service.Organisation, service.Purpose);
            Require(new StringInfo(service.Glyph).LengthInTextElements == 1, service.Id, "its glyph is one character");
            Require(service.Retention > TimeSpan.Zero, service.Id, "its retention is positive");
            Require(service.RedirectUris.Count > 0, service.Id, "it has an address to come back to");
            Require(service.RedirectUris.All(uri => !uri.Contains('#')), service.Id, "no address has a fragment");
            Require(
                service.EventUrl is not { } url
                    || (
                        !url.Contains('#')
                        && (url is ['/', not '/', ..] || url.StartsWith("https://", StringComparison.Ordinal))
                    ),
                service.Id,
                "it is told of events at an https address without a fragment"
            );
            Require(
                service.Contact is not { } contact
                    || (EmailAddress.TryParse(contact, out var address) && address.Value == contact),
                service.Id,
                "its contact is an e-mail address"
            );
            Require(
                service.RedirectUris.Append(service.Site).All(IsForBrowsers),
                service.Id,
                "its addresses are https, or of the sandbox"
            );
            Require(
                service.Items.Any(item => item.Required) || service is { Items: [], SignIn: not null },
                service.Id,
                "it needs something"
            );
            Unique(service.Items.Select(item => item.DataSet), "data set of a service");
            Require(service.Items.All(item => item.Fields.Count > 0), service.Id, "each item has fields");
            Require(
                service.Standing is not { } use
                    || (
                        use.Every >= OnlineStanding.ShortestEvery
                        && use.Longest >= use.Every
                        && use.Longest <= OnlineStanding.LongestEver
                    ),
                service.Id,
                "its standing use is a fetch a day at most, and a year at most"
            );
            if (service.SignIn is { } signIn)
                SignIn(service.Id, signIn);
            if (service.National is { } national)
                NationalChecks.Check(service, national);
            else
                Keys(service);
        }
    }

    private static void SignIn(string service, SignInListing signIn)
    {
        Unique(signIn.Claims.Select(claim => claim.Name), "claim of a service");
        Require(
            signIn.Claims.All(claim => SignInClaims.All.Contains(claim.Name)),
            service,
            "its claims are some that there are"
        );
        Require(
            signIn.PostLogoutRedirectUris.All(uri => IsForBrowsers(uri) && !uri.Contains('#')),
            service,
            "its addresses after signing out are https, or of the sandbox, without a fragment"
        );
    }

    private static bool IsForBrowsers(string address) =>
        address is ['/', not '/', ..]
        || (
            Uri.TryCreate(address, UriKind.Absolute, out var url)
            && (url.Scheme == Uri.UriSchemeHttps || url is { Scheme: "http", IsLoopback: true })
        );

    private static void Keys(OnlineServiceListing service)
    {
        try
        {
            Require(service.ClientKeys.Count > 0 || service.JwksUri is not null, service.Id, "it has a key");
            Require(
                service.JwksUri is null
                    || service.JwksUri is ['/', not '/', ..]
                    || Uri.TryCreate(service.JwksUri, UriKind.Absolute, out var url)
                        && url is { Scheme: "https", Fragment: "", UserInfo: "" },
                service.Id,
                "its key set is at an https address, or of the sandbox"
            );
            Require(
                service.ClientKeys.Select(Jwk.Parse).All(key => !key.IsPrivate && key.Kty is "EC" or "RSA"),
                service.Id,
                "its keys are public ones"
            );
            var recipient = Jwk.Parse(service.RecipientKey);
            Require(
                recipient is { IsPrivate: false, Kid: not null, Kty: "EC" or "RSA" },
                service.Id,
                "the key that it opens with is public and has a kid"
            );
        }
        catch (EncryptionException error)
        {
            throw new CatalogueException($"{service.Id}: {error.Message}", error);
        }
    }

    private static void DataSet(DataSetListing set)
    {
        Id(set.Id);
        Texts(set.Id, set.Name, set.Description);
        Require(set.Category.Length > 0 && set.Category.All(char.IsAsciiLetterLower), set.Id, "its category is a word");
        Require(set.SchemaVersion >= 1, set.Id, "its schema has a version from 1");
        Require(set.Level is > AssuranceLevel.None and <= AssuranceLevel.LoA4, set.Id, "its level is LoA1 to LoA4");
        Require(set.Methods.Count > 0, set.Id, "it accepts a method of proof");
        Require(set.UsualWait >= TimeSpan.Zero, set.Id, "its usual wait is not negative");
        Schema(set);
        foreach (var parameter in set.Parameters)
            Parameter(set.Id, parameter);
    }

    private static void Schema(DataSetListing set)
    {
        try
        {
            Texts(set.Id, [.. DataSetField.Parse(set.Schema).Select(field => field.Label)]);
        }
        catch (FormatException error)
        {
            throw new CatalogueException($"{set.Id}: {error.Message}", error);
        }
    }

    private static void Parameter(string dataSetId, ParameterListing parameter)
    {
        Texts(dataSetId, parameter.Label, parameter.Hint);
        try
        {
            Require(
                Matches(parameter, parameter.Example),
                dataSetId,
                $"the example of {parameter.Name} fits its pattern"
            );
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            throw new CatalogueException($"{dataSetId}: the pattern of {parameter.Name} is not one.", error);
        }
    }

    /// <summary>Whether the whole value fits; linear in its length whatever the pattern.</summary>
    public static bool Matches(ParameterListing parameter, string value) =>
        Regex.IsMatch(
            value,
            $@"\A(?:{parameter.Pattern})\z",
            RegexOptions.NonBacktracking | RegexOptions.CultureInvariant,
            TimeSpan.FromSeconds(1)
        );

    private static void Id(string id) =>
        Require(
            id.Length is > 0 and <= LongestId && id.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_'),
            id,
            "an id has up to 64 letters, digits, dots, hyphens and underscores"
        );

    private static void Texts(string id, params IReadOnlyList<LocalText> texts)
    {
        foreach (var text in texts.SelectMany(text => new[] { text.Zh, text.En }))
        {
            Require(
                text.Length is > 0 and <= LongestText,
                id,
                "its texts have 1 to 1,000 characters in both languages"
            );
            Require(IsPlain(text), id, "its texts are plain");
        }
    }

    /// <summary>No control and no format characters.</summary>
    public static bool IsPlain(string text) => text.EnumerateRunes().All(IsPlain);

    // Control characters, and format characters such as bidi overrides, can make a name read as another.
    private static bool IsPlain(Rune rune) =>
        rune.Value != 0xFFFD
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format);

    private static void Unique(IEnumerable<string> ids, string what)
    {
        if (ids.GroupBy(id => id, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new CatalogueException($"The {what} {twice.Key} is listed twice.");
    }

    internal static void Require(bool holds, string id, string rule)
    {
        if (!holds)
            throw new CatalogueException($"{id}: {rule}.");
    }
}
