using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Core.Transfers;

namespace MyData.Core.Counter;

/// <summary>What her browser sends for a clerk's key, an agent's or a paper's.</summary>
internal static class CounterEntries
{
    /// <summary>The kid of a printed ticket's key, which both browsers derive from its secret.</summary>
    public static string PrintedKid(string number) => $"mydata-counter-ticket:{number}";

    /// <param name="ephemeral">the key that both screens have shown six digits of, where there is one</param>
    /// <exception cref="CounterException">counter.malformed: not one entry for each, another algorithm, key or shape.</exception>
    public static void Check(
        IReadOnlyList<Transfer> packages,
        IReadOnlyDictionary<Guid, string> entries,
        string alg,
        string kid,
        string? ephemeral = null
    )
    {
        if (!HandOverEntries.Fit(packages, entries, alg, kid, ephemeral))
            throw new CounterException(CounterCodes.Malformed);
    }

    /// <summary>Whether an entry that was checked is for this public key, JWK.</summary>
    public static bool IsFor(string? entry, string key)
    {
        if (entry is null)
            return false;
        using var json = JsonDocument.Parse(entry);
        return json.RootElement.GetProperty("header").GetProperty("kid").GetString() == Jwk.Parse(key).Thumbprint();
    }
}
