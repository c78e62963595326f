namespace MyData.Core.Data;

/// <summary>The keys that a portal cannot start without.</summary>
public static class PlatformKeys
{
    /// <summary>The key under which the web framework's own keys (forms, device cookies) are kept.</summary>
    public const string FrameworkKeyName = "framework.key";

    /// <summary>The seed of the key that signs the ledger's checkpoints.</summary>
    public const string LedgerKeyName = "ledger.key";

    /// <summary>The key under which each person's own key for the ledger's tags is kept.</summary>
    public const string LedgerVaultKeyName = "ledger-vault.key";

    private static readonly string[] Secrets = [FrameworkKeyName, LedgerKeyName, LedgerVaultKeyName];

    /// <summary>Names of the keys that are not in the folder.</summary>
    public static IEnumerable<string> Missing(KeyFolder folder)
    {
        string[] single = [PersonalDataVault.SealKeyName, PersonalDataVault.PseudonymKeyName, .. Secrets];
        foreach (var name in single.Where(name => !folder.Names(name).Any()))
            yield return name;
        if (!folder.Names(SigningKeys.FilePattern).Any())
            yield return SigningKeys.FilePattern;
    }

    /// <summary>Makes the keys that are missing; those that are there are left alone.</summary>
    public static void Make(KeyFolder folder, TimeProvider time)
    {
        folder.Close();
        _ = new PersonalDataVault(folder);
        foreach (var name in Secrets)
            _ = folder.GetSecret(name);
        _ = new SigningKeys(folder, time).Published;
    }
}
