using System.Security.Cryptography;
using System.Text;
using MyData.Core.Data;
using MyData.Core.Ledger;

namespace MyData.Core.Witnessing;

/// <summary>
/// What outlives a copy: for which logs this key has signed stands beside the key, and the others of the policy know what. So a witness
/// whose copy is gone does not begin anew, and sign another past.
/// </summary>
internal sealed class WitnessMemory(KeyFolder keys, VerifierKey own, WitnessPolicy? policy)
{
    /// <summary>Whether another witness can be asked what was cosigned.</summary>
    public bool HasPeers { get; } =
        policy?.Witnesses.Any(one => one.Url is not null && one.Key!.ToString() != own.ToString()) == true;

    /// <summary>Whether records can be read elsewhere.</summary>
    public bool HasOthers(Uri? site) => HasPeers || site is not null;

    public bool HadSigned(string origin) => keys.Names(Name(origin)).Any();

    /// <summary>Durable when it returns.</summary>
    public void HasSigned(string origin) => _ = keys.Get(Name(origin), () => Encoding.UTF8.GetBytes(origin));

    private static string Name(string origin) =>
        $"signed-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(origin)).AsSpan(0, 8))}";
}
