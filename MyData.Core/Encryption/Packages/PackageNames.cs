namespace MyData.Core.Encryption;

/// <summary>The fixed names of a package (protocols.md A3).</summary>
internal static class PackageNames
{
    public const string Folder = "META-INFO/";
    public const string Manifest = Folder + "manifest.xml";
    public const string Signature = Folder + "manifest.sha256withrsa";
    public const string Certificate = Folder + "certificate.cer";
    public const string Info = Folder + "package.json";

    /// <summary>What the manifest cannot list: itself, and what proves it.</summary>
    public static bool IsProof(string name) => name is Manifest or Signature or Certificate;
}
