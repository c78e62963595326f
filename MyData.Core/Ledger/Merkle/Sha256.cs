using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MyData.Core.Ledger;

/// <summary>
/// SHA-256 of a byte and one or two spans. For the short inputs of a tree the framework's one-shot call spends five times longer on
/// preparing OpenSSL than on hashing; OpenSSL's own three calls on a context on the stack do not. Where they are missing (another system,
/// a build without them) the framework hashes.
/// </summary>
internal static class Sha256
{
    private const string Library = LibCrypto.Name;

    // SHA256_CTX: eight words of state, two of length, a block of 64 bytes, two counters.
    private const int ContextBytes = 8 * 4 + 2 * 4 + 64 + 2 * 4;

    private static readonly bool Direct = LibCrypto.Has("SHA256_Init", "SHA256_Update", "SHA256_Final");
    private static readonly byte[] Prefixes = [0, 1];

    /// <param name="prefix">0 or 1</param>
    public static void Hash(int prefix, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, Span<byte> hash)
    {
        if (!Direct)
        {
            SHA256.HashData([Prefixes[prefix], .. first, .. second], hash);
            return;
        }
        // Final writes 32 bytes wherever it is told to.
        hash = hash[..SHA256.HashSizeInBytes];
        Span<byte> context = stackalloc byte[ContextBytes];
        ref var state = ref MemoryMarshal.GetReference(context);
        _ = Init(ref state);
        _ = Update(ref state, ref Prefixes[prefix], 1);
        _ = Update(ref state, ref MemoryMarshal.GetReference(first), (nuint)first.Length);
        if (!second.IsEmpty)
            _ = Update(ref state, ref MemoryMarshal.GetReference(second), (nuint)second.Length);
        _ = Final(ref MemoryMarshal.GetReference(hash), ref state);
    }

    [DllImport(Library, EntryPoint = "SHA256_Init"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(LibCrypto.Paths)]
    private static extern int Init(ref byte context);

    [DllImport(Library, EntryPoint = "SHA256_Update")]
    [DefaultDllImportSearchPaths(LibCrypto.Paths)]
    private static extern int Update(ref byte context, ref byte data, nuint length);

    [DllImport(Library, EntryPoint = "SHA256_Final"), SuppressGCTransition]
    [DefaultDllImportSearchPaths(LibCrypto.Paths)]
    private static extern int Final(ref byte hash, ref byte context);
}
