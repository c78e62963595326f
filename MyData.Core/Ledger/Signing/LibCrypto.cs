using System.Reflection;
using System.Runtime.InteropServices;

namespace MyData.Core.Ledger;

/// <summary>
/// The calls of OpenSSL 3 that Ed25519 takes: the framework has no Ed25519, and stands on this library itself. The library is found once,
/// by the names that systems give to its version 3.
/// </summary>
internal static class LibCrypto
{
    public const string Name = "libcrypto";
    public const DllImportSearchPath Paths = DllImportSearchPath.System32 | DllImportSearchPath.SafeDirectories;
    private static readonly string[] FileNames = ["libcrypto.so.3", "libcrypto.3.dylib", "libcrypto-3-x64.dll"];
    private static readonly nint Library = Find();

    // EVP_PKEY_ED25519, that is NID_ED25519
    private const int Ed25519 = 1087;

    static LibCrypto() =>
        NativeLibrary.SetDllImportResolver(
            Assembly.GetExecutingAssembly(),
            static (name, _, _) => name == Name ? Library : 0
        );

    /// <exception cref="LedgerException"><c>ed25519.library</c></exception>
    public static void Require()
    {
        if (Library == 0)
        {
            throw new LedgerException(
                "ed25519.library",
                $"The ledger signs with OpenSSL 3, and {FileNames[0]} is not on this machine (Debian: apt-get install libssl3)."
            );
        }
    }

    public static bool Has(params ReadOnlySpan<string> functions)
    {
        foreach (var function in functions)
        {
            if (Library == 0 || !NativeLibrary.TryGetExport(Library, function, out _))
                return false;
        }
        return true;
    }

    public static KeyHandle PrivateKey(ReadOnlySpan<byte> seed) =>
        NewPrivateKey(Ed25519, 0, ref MemoryMarshal.GetReference(seed), (nuint)seed.Length);

    public static KeyHandle PublicKey(ReadOnlySpan<byte> key) =>
        NewPublicKey(Ed25519, 0, ref MemoryMarshal.GetReference(key), (nuint)key.Length);

    public static bool ReadPublicKey(KeyHandle key, Span<byte> bytes)
    {
        var length = (nuint)bytes.Length;
        return GetPublicKey(key, ref MemoryMarshal.GetReference(bytes), ref length) == 1
            && length == (nuint)bytes.Length;
    }

    public static bool Sign(KeyHandle key, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        using var context = NewContext();
        var length = (nuint)signature.Length;
        return SignInit(context, 0, 0, 0, key) == 1
            && DigestSign(
                context,
                ref MemoryMarshal.GetReference(signature),
                ref length,
                ref MemoryMarshal.GetReference(message),
                (nuint)message.Length
            ) == 1
            && length == (nuint)signature.Length;
    }

    public static bool Verify(KeyHandle key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        using var context = NewContext();
        if (VerifyInit(context, 0, 0, 0, key) != 1)
            return false;
        var answer = DigestVerify(
            context,
            ref MemoryMarshal.GetReference(signature),
            (nuint)signature.Length,
            ref MemoryMarshal.GetReference(message),
            (nuint)message.Length
        );
        if (answer == 1)
            return true;
        // OpenSSL remembers the refusal for this thread; the framework's own calls would report it as theirs.
        ClearErrors();
        return false;
    }

    private static nint Find()
    {
        foreach (var file in FileNames)
        {
            if (NativeLibrary.TryLoad(file, out var library))
                return library;
        }
        return 0;
    }

    [DllImport(Name, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    [DefaultDllImportSearchPaths(Paths)]
    private static extern KeyHandle NewPrivateKey(int type, nint engine, ref byte key, nuint length);

    [DllImport(Name, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    [DefaultDllImportSearchPaths(Paths)]
    private static extern KeyHandle NewPublicKey(int type, nint engine, ref byte key, nuint length);

    [DllImport(Name, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    [DefaultDllImportSearchPaths(Paths)]
    private static extern int GetPublicKey(KeyHandle key, ref byte bytes, ref nuint length);

    [DllImport(Name, EntryPoint = "EVP_PKEY_free")]
    [DefaultDllImportSearchPaths(Paths)]
    private static extern void FreeKey(nint key);

    [DllImport(Name, EntryPoint = "EVP_MD_CTX_new")]
    [DefaultDllImportSearchPaths(Paths)]
    private static extern ContextHandle NewContext();

    [DllImport(Name, EntryPoint = "EVP_MD_CTX_free")]
    [DefaultDllImportSearchPaths(Paths)]
    private static extern void FreeContext(nint context);

    [DllImport(Name, EntryPoint = "EVP_DigestSignInit")]
    [DefaultDllImportSearchPaths(Paths)]
    private static extern int SignInit(ContextHandle context, nint keyContext, nint digest, nint engine, KeyHandle key);

    [DllImport(Name, EntryPoint = "EVP_DigestSign")]
    [DefaultDllImportSearchPaths(Paths)]
    private static extern int DigestSign(
        ContextHandle context,
        ref byte signature,
        ref nuint signatureLength,
        ref byte message,
        nuint messageLength
    );

    [DllImport(Name, EntryPoint = "EVP_DigestVerifyInit")]
    [DefaultDllImportSearchPaths(Paths)]
    private static extern int VerifyInit(
        ContextHandle context,
        nint keyContext,
        nint digest,
        nint engine,
        KeyHandle key
    );

    [DllImport(Name, EntryPoint = "EVP_DigestVerify")]
    [DefaultDllImportSearchPaths(Paths)]
    private static extern int DigestVerify(
        ContextHandle context,
        ref byte signature,
        nuint signatureLength,
        ref byte message,
        nuint messageLength
    );

    [DllImport(Name, EntryPoint = "ERR_clear_error")]
    [DefaultDllImportSearchPaths(Paths)]
    private static extern void ClearErrors();

    /// <summary>An EVP_PKEY. OpenSSL lets several threads use one for signing and verifying at once.</summary>
    internal sealed class KeyHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            FreeKey(handle);
            return true;
        }
    }

    private sealed class ContextHandle() : SafeHandle(0, ownsHandle: true)
    {
        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle()
        {
            FreeContext(handle);
            return true;
        }
    }
}
