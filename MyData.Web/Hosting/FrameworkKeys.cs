using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.Options;
using MyData.Core.Data;

namespace MyData.Web.Hosting;

/// <summary>
/// The framework's keys (forms, device cookies) rest encrypted: AES-256-GCM under a key of the key folder. A copy of their
/// folder alone, as in a careless backup, opens nothing.
/// </summary>
public sealed class FrameworkKeyEncryptor(KeyFolder keys) : IXmlEncryptor
{
    internal const int NonceLength = 12;
    internal const int TagLength = 16;
    internal static readonly XName Element = "sealed";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var value = new byte[NonceLength + plain.Length + TagLength];
        RandomNumberGenerator.Fill(value.AsSpan(0, NonceLength));
        using var aes = new AesGcm(keys.GetSecret(PlatformKeys.FrameworkKeyName), TagLength);
        aes.Encrypt(
            value.AsSpan(0, NonceLength),
            plain,
            value.AsSpan(NonceLength, plain.Length),
            value.AsSpan(NonceLength + plain.Length)
        );
        CryptographicOperations.ZeroMemory(plain);
        return new EncryptedXmlInfo(
            new XElement(Element, Convert.ToBase64String(value)),
            typeof(FrameworkKeyDecryptor)
        );
    }
}

/// <summary>Made by the framework for each key that it reads.</summary>
public sealed class FrameworkKeyDecryptor(IServiceProvider services) : IXmlDecryptor
{
    /// <exception cref="CryptographicException">Not encrypted under this key folder's key.</exception>
    public XElement Decrypt(XElement encryptedElement)
    {
        const int nonce = FrameworkKeyEncryptor.NonceLength;
        const int tag = FrameworkKeyEncryptor.TagLength;
        var value = Convert.FromBase64String(encryptedElement.Value);
        if (value.Length < nonce + tag)
            throw new CryptographicException("The sealed key is too short.");
        var plain = new byte[value.Length - nonce - tag];
        var key = services.GetRequiredService<KeyFolder>().GetSecret(PlatformKeys.FrameworkKeyName);
        using var aes = new AesGcm(key, tag);
        aes.Decrypt(
            value.AsSpan(0, nonce),
            value.AsSpan(nonce, plain.Length),
            value.AsSpan(nonce + plain.Length),
            plain
        );
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }
}

/// <summary>Tells the framework to use it.</summary>
public sealed class FrameworkKeySetup(KeyFolder keys) : IConfigureOptions<KeyManagementOptions>
{
    public void Configure(KeyManagementOptions options) => options.XmlEncryptor = new FrameworkKeyEncryptor(keys);
}
