using System.Security.Cryptography;
using System.Text;
using System.Xml;

namespace MyData.Core.Encryption;

/// <summary>META-INFO/manifest.xml: each file's name and SHA-256 in lower-case hexadecimal digits.</summary>
internal static class PackageManifest
{
    public static byte[] Write(IEnumerable<PackageFile> files)
    {
        using var buffer = new MemoryStream();
        using (var xml = XmlWriter.Create(buffer, new XmlWriterSettings { Encoding = new UTF8Encoding(false) }))
        {
            xml.WriteStartElement("manifest");
            foreach (var file in files)
            {
                xml.WriteStartElement("file");
                xml.WriteElementString("filename", file.Name);
                xml.WriteElementString("sha256", Convert.ToHexStringLower(SHA256.HashData(file.Content.Span)));
                xml.WriteEndElement();
            }
            xml.WriteEndElement();
        }
        return buffer.ToArray();
    }

    /// <summary>Names (with slashes for back slashes) to digests in lower-case hexadecimal digits.</summary>
    /// <exception cref="EncryptionException"><c>package.dtd</c>, <c>package.manifest</c>, <c>package.listed_twice</c></exception>
    public static IReadOnlyDictionary<string, string> Read(byte[] bytes, int maxEntries)
    {
        var text = Text(bytes);
        // A DTD could name files and addresses for the parser to fetch, or grow entities without end.
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
            IgnoreWhitespace = true,
        };
        try
        {
            using var xml = XmlReader.Create(new StringReader(text), settings);
            RequireUtf8(xml);
            return ReadFiles(xml, maxEntries);
        }
        catch (XmlException e)
        {
            throw new EncryptionException("package.manifest", "The manifest is not well-formed XML.", e);
        }
    }

    private static Dictionary<string, string> ReadFiles(XmlReader xml, int maxEntries)
    {
        var files = new Dictionary<string, string>(StringComparer.Ordinal);
        if (xml.MoveToContent() != XmlNodeType.Element || xml.LocalName != "manifest" || xml.IsEmptyElement)
            throw Refused("The manifest lists no files.");
        xml.ReadStartElement();
        while (xml.NodeType == XmlNodeType.Element)
        {
            var (name, digest) = ReadFile(xml);
            if (!files.TryAdd(name, digest))
                throw new EncryptionException("package.listed_twice", "The manifest lists a file twice.");
            if (files.Count > maxEntries)
                throw new EncryptionException("package.zip_entries", "The manifest lists too many files.");
        }
        xml.ReadEndElement();
        while (!xml.EOF)
            xml.Read();
        return files;
    }

    private static (string Name, string Digest) ReadFile(XmlReader xml)
    {
        if (xml.LocalName != "file" || xml.IsEmptyElement)
            throw Refused("The manifest holds something else than files.");
        string? name = null;
        string? digest = null;
        xml.ReadStartElement();
        while (xml.NodeType == XmlNodeType.Element)
        {
            var element = xml.LocalName;
            var text = xml.ReadElementContentAsString();
            if (element == "filename" && name is null)
                name = text.Replace('\\', '/');
            else if (element == "sha256" && digest is null)
                digest = text.ToLowerInvariant();
            else if (element is "filename" or "sha256")
                throw Refused("An entry of the manifest has a name or a digest twice.");
        }
        xml.ReadEndElement();
        if (name is null || digest is not { Length: 64 } || digest.AsSpan().ContainsAnyExcept("0123456789abcdef"))
            throw Refused("An entry of the manifest lacks its name or its SHA-256.");
        return (name, digest);
    }

    /// <summary>UTF-8 only, so that the bytes have one reading. A DTD has a code of its own; the parser would call it malformed.</summary>
    private static string Text(ReadOnlySpan<byte> bytes)
    {
        bytes = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
            throw Refused("The manifest is not UTF-8.");
        var text = Encoding.UTF8.GetString(bytes);
        if (
            text.Contains("<!DOCTYPE", StringComparison.OrdinalIgnoreCase)
            || text.Contains("<!ENTITY", StringComparison.OrdinalIgnoreCase)
        )
            throw new EncryptionException("package.dtd", "The manifest has a document type.");
        return text;
    }

    private static void RequireUtf8(XmlReader xml)
    {
        xml.Read();
        if (xml.NodeType != XmlNodeType.XmlDeclaration || xml.GetAttribute("encoding") is not { } encoding)
            return;
        if (!string.Equals(encoding, "utf-8", StringComparison.OrdinalIgnoreCase))
            throw Refused($"The manifest says that it is {EncryptionException.Quote(encoding)}.");
    }

    private static EncryptionException Refused(string message) => new("package.manifest", message);
}
