using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using MyData.Core.Catalog;
using MyData.Core.Encryption;

namespace MyData.Web.Sandbox.Relying;

/// <summary>One field of a package.</summary>
/// <param name="Label">as the portal's catalogue names it</param>
/// <param name="Entries">of a list: how many; null: it is none</param>
public sealed record ReceivedValue(LocalText Label, string Text, int? Entries = null);

/// <summary>A package that was opened here.</summary>
/// <param name="Transfer">its transfer's id</param>
/// <param name="DataSet">as the portal's catalogue names it</param>
/// <param name="Seal">as people compare it</param>
/// <param name="SignedBy">name in the agency's certificate, which was checked</param>
/// <param name="Values">what stands in it, by field</param>
public sealed record ReceivedPackage(
    string Transfer,
    LocalText DataSet,
    string Seal,
    string SignedBy,
    IReadOnlyList<ReceivedValue> Values
);

/// <summary>What the organisation may fetch again by itself, as far as it has heard.</summary>
public sealed class RelyingStanding
{
    /// <summary>The refresh token that is good next.</summary>
    public required string Refresh { get; set; }

    /// <summary>Hers, by which the portal's events name it.</summary>
    public required string Consent { get; init; }

    public required DateTimeOffset Until { get; init; }

    /// <summary>How often it has fetched by it.</summary>
    public int Fetches { get; set; }

    public bool Paused { get; set; }
    public bool Ended { get; set; }

    /// <summary>Why the last try fetched nothing, or not all; null: it did.</summary>
    public string? Refusal { get; set; }
}

/// <summary>One application, from "apply" to what was received; in memory, and of one browser.</summary>
public sealed class RelyingApplication(RelyingParty party, RelyingProduct product)
{
    private int _busy;

    public RelyingParty Party => party;
    public RelyingProduct Product => product;

    /// <summary>Where she ticked it; null: once.</summary>
    public RelyingStanding? Standing { get; set; }

    /// <summary>One try at a time: false where there is one already.</summary>
    public bool Begin() => Interlocked.CompareExchange(ref _busy, 1, 0) == 0;

    public void End() => Volatile.Write(ref _busy, 0);

    public string Id { get; } = Random();

    /// <summary>RFC 6749 §10.12: only the answer to this very request counts.</summary>
    public string State { get; } = Random();

    /// <summary>RFC 7636 §4.1.</summary>
    public string Verifier { get; } = Random();

    public string Challenge => Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>The key that the token is bound to.</summary>
    public Jwk ProofKey { get; } = Jwk.GenerateEc(use: "sig");

    /// <summary>Why nothing came; null: something did, or nothing was answered yet.</summary>
    public string? Error { get; set; }

    public IReadOnlyList<ReceivedPackage> Packages { get; set; } = [];

    /// <summary>Data sets of the packages that it deleted because she asked.</summary>
    public IReadOnlyList<LocalText> Deleted { get; set; } = [];

    private static string Random() => Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));
}

/// <summary>An organisation's applications, the newest thousand.</summary>
public sealed class RelyingApplications
{
    private const int Most = 1_000;
    private readonly ConcurrentDictionary<string, RelyingApplication> _all = new(StringComparer.Ordinal);

    public RelyingApplication Begin(RelyingParty party, RelyingProduct product)
    {
        if (_all.Count >= Most)
            _all.Clear();
        var made = new RelyingApplication(party, product);
        _all[made.Id] = made;
        return made;
    }

    /// <summary>Deletes a package; nothing of what stood in it is left.</summary>
    public void Forget(string transfer)
    {
        foreach (var application in _all.Values)
        {
            if (application.Packages.FirstOrDefault(package => package.Transfer == transfer) is not { } gone)
                continue;
            application.Packages = [.. application.Packages.Where(package => package.Transfer != transfer)];
            application.Deleted = [.. application.Deleted, gone.DataSet];
        }
    }

    /// <summary>What it may fetch again by this consent of somebody's.</summary>
    public RelyingStanding? OfConsent(string consent) =>
        _all.Values.Select(application => application.Standing).FirstOrDefault(one => one?.Consent == consent);

    public RelyingApplication? Find(string? id) => id is null ? null : _all.GetValueOrDefault(id);
}
