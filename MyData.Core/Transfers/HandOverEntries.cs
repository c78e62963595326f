using System.Text.Json;
using MyData.Core.Encryption;

namespace MyData.Core.Transfers;

/// <summary>What her browser sends for a further recipient: one entry for each package, each for the expected key (protocols.md A4).</summary>
public static class HandOverEntries
{
    private const int LongestEntry = 4096;

    /// <summary>Whether there is one for each package and no other, each of this algorithm and for this key.</summary>
    /// <param name="ephemeral">the public key that each must have been wrapped by; null: any</param>
    public static bool Fit(
        IReadOnlyList<Transfer> packages,
        IReadOnlyDictionary<Guid, string> entries,
        string alg,
        string kid,
        string? ephemeral = null
    ) =>
        packages.Count == entries.Count
        && packages.All(package =>
            entries.TryGetValue(package.Id, out var entry) && Fits(package, entry, alg, kid, ephemeral)
        );

    private static bool Fits(Transfer package, string entry, string alg, string kid, string? ephemeral)
    {
        if (entry.Length > LongestEntry)
            return false;
        try
        {
            var head = SealedPackageHead.ForRecipient(package.Head!, entry);
            return head.Recipients is [var only]
                && only.Alg == alg
                && only.Kid == kid
                && (ephemeral is null || Ephemeral(entry) == Jwk.Parse(ephemeral).Thumbprint());
        }
        catch (EncryptionException)
        {
            return false;
        }
    }

    private static string Ephemeral(string entry)
    {
        using var json = JsonDocument.Parse(entry);
        return Jwk.Parse(json.RootElement.GetProperty("header").GetProperty("epk")).Thumbprint();
    }
}
