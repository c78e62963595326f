using MyData.Core.Catalog;
using MyData.Core.Encryption;

namespace MyData.Core.Services;

/// <summary>What she agreed to, beside what the service has registered now.</summary>
internal static class StandingTerms
{
    /// <summary>Key, purpose, terms, fields or how often: something is other than she agreed to, or more than is registered.</summary>
    /// <param name="content">of the request in which she agreed</param>
    /// <param name="dataSets">those that are (still) fetched by it</param>
    public static bool AreOthers(
        StandingConsent standing,
        OnlineServiceListing service,
        RequestContent content,
        IEnumerable<string> dataSets
    ) =>
        service.National is not null
        || service.TermsVersion != standing.TermsVersion
        || service.PurposeCode != content.Purpose
        || Jwk.Parse(service.RecipientKey).Thumbprint() != content.RecipientThumbprint
        || service.Standing is not { } registered
        || standing.Every < registered.Every
        || dataSets.Any(dataSet => !IsRegistered(service, content, dataSet));

    private static bool IsRegistered(OnlineServiceListing service, RequestContent content, string dataSet)
    {
        var asked = content.Items.First(item => item.DataSet == dataSet);
        return service.Item(dataSet) is { } item && asked.Fields.All(item.Fields.Contains);
    }
}
