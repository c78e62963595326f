using System.Collections.Concurrent;
using System.Security.Cryptography;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Personas;

namespace MyData.Web.Sandbox.Identity;

/// <summary>What a code stands for.</summary>
public sealed record Grant(AuthorizeRequest Request, Persona Persona, string Acr, DateTimeOffset SignedInAt);

/// <summary>Codes that wait to be redeemed: 60 seconds, once, in memory.</summary>
public sealed class Grants(TimeProvider clock)
{
    private const int Most = 5_000;

    private static readonly TimeSpan Life = TimeSpan.FromSeconds(60);

    private readonly ConcurrentDictionary<string, Grant> waiting = new(StringComparer.Ordinal);

    /// <summary>A new code; null where too many wait.</summary>
    public string? Add(AuthorizeRequest request, Persona persona, string acr)
    {
        var now = clock.GetUtcNow();
        foreach (var (old, _) in waiting.Where(w => w.Value.SignedInAt + Life < now))
            waiting.TryRemove(old, out _);
        if (waiting.Count >= Most)
            return null;
        var code = Base64UrlText.Encode(RandomNumberGenerator.GetBytes(32));
        waiting[code] = new Grant(request, persona, acr, now);
        return code;
    }

    /// <summary>The grant of a code that has not been used and not run out.</summary>
    public Grant? Redeem(string code) =>
        waiting.TryRemove(code, out var grant) && grant.SignedInAt + Life >= clock.GetUtcNow() ? grant : null;
}
