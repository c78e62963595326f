using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using MyData.Core.Encryption;

namespace MyData.Web.Sandbox.Library;

/// <summary>Who the reader is, as the portal has said.</summary>
/// <param name="Subject">the portal's name for her at this library, and at no other</param>
/// <param name="Level">how surely she is known</param>
public sealed record Reader(string Subject, string? Name, string? Birthdate, string? Email, string Level);

/// <summary>One browser's visit, from "sign in" to signing out; in memory.</summary>
public sealed class LibraryVisit
{
    public string Id { get; } = Random();

    /// <summary>RFC 6749 §10.12: only the answer to this very request counts.</summary>
    public string State { get; } = Random();

    /// <summary>OpenID Connect Core §3.1.3.7: only an ID token of this very request counts.</summary>
    public string Nonce { get; } = Random();

    /// <summary>RFC 7636 §4.1.</summary>
    public string Verifier { get; } = Random();

    public string Challenge => Base64UrlText.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(Verifier)));

    /// <summary>The key that the token is bound to.</summary>
    public Jwk ProofKey { get; } = Jwk.GenerateEc(use: "sig");

    /// <summary>A library card of before is to be connected.</summary>
    public required bool Links { get; init; }

    /// <summary>Why nobody is signed in; null: somebody is, or nothing was answered yet.</summary>
    public string? Error { get; set; }

    public Reader? Reader { get; set; }

    /// <summary>Kept for signing out (RP-Initiated Logout §2).</summary>
    public string? IdToken { get; set; }

    private static string Random() => Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));
}

/// <summary>The library's visits, the newest thousand.</summary>
public sealed class LibraryVisits
{
    private const int Most = 1_000;
    private readonly ConcurrentDictionary<string, LibraryVisit> _all = new(StringComparer.Ordinal);

    public LibraryVisit Begin(bool links)
    {
        if (_all.Count >= Most)
            _all.Clear();
        var made = new LibraryVisit { Links = links };
        _all[made.Id] = made;
        return made;
    }

    public LibraryVisit? Find(string? id) => id is null ? null : _all.GetValueOrDefault(id);

    public void End(LibraryVisit visit) => _all.TryRemove(visit.Id, out _);

    /// <summary>The portal signs this reader in no more: she is signed out everywhere.</summary>
    public void EndOf(string subject)
    {
        foreach (var visit in _all.Values.Where(visit => visit.Reader?.Subject == subject).ToList())
            End(visit);
    }
}
