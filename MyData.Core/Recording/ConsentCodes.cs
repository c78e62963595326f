using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Core.Recording;

/// <summary>What a record says of a consent: codes, and nothing that was typed.</summary>
internal sealed record ConsentCodes(string Purpose, IReadOnlyList<ConsentItem> Items);

/// <summary>
/// The consents that records of late were about: each has a dozen records, and to read, open and parse it for every one of them would be
/// half of what a record costs. One writer uses it.
/// </summary>
internal sealed class KnownConsents(PersonalDataVault vault)
{
    private const int Most = 4096;
    private static readonly IReadOnlyDictionary<string, string> Nothing = new Dictionary<string, string>();
    private readonly Dictionary<Guid, ConsentCodes> _known = [];

    public ConsentCodes? Find(WriteScope scope, Guid consentId)
    {
        if (_known.TryGetValue(consentId, out var known))
            return known;
        if (Consents.FindStored(scope, consentId) is not { } consent)
            return null;
        var items = Consents.Items(vault, consent).Select(item => item with { Parameters = Nothing });
        var codes = new ConsentCodes(consent.Purpose, [.. items]);
        // One that this very write stores is not kept: the write may still be undone, and its id used again.
        if (!IsNew(scope, consentId))
            Keep(consentId, codes);
        return codes;
    }

    /// <summary>After a commit that failed.</summary>
    public void Forget() => _known.Clear();

    private static bool IsNew(WriteScope scope, Guid consentId) =>
        scope.Events.Any(happened =>
            happened.ConsentId == consentId && happened.Kind is EventKinds.ConsentGiven or EventKinds.ConsentRefused
        );

    private void Keep(Guid consentId, ConsentCodes codes)
    {
        if (_known.Count == Most)
            _known.Clear();
        _known.Add(consentId, codes);
    }
}
