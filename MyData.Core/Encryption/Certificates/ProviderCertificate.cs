using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace MyData.Core.Encryption;

/// <summary>Loads a package-signing certificate: one certificate in DER, PEM or bare base64, with an RSA key that is fit for use.</summary>
public static class ProviderCertificate
{
    private const byte Sequence = 0x30;

    /// <exception cref="EncryptionException"><c>certificate.format</c>, <c>certificate.key_refused</c></exception>
    public static X509Certificate2 Load(ReadOnlySpan<byte> source)
    {
        var der = source.StartsWith([Sequence]) ? source : FromText(source);
        X509Certificate2 certificate;
        try
        {
            certificate = X509CertificateLoader.LoadCertificate(der);
        }
        catch (CryptographicException e)
        {
            throw new EncryptionException("certificate.format", "The certificate cannot be read.", e);
        }
        try
        {
            // The loader passes over bytes that follow, and the catalogue's fingerprint is over all of them.
            if (certificate.RawDataMemory.Length != der.Length)
                throw new EncryptionException("certificate.format", "Something follows the certificate.");
            RequireKey(certificate);
            return certificate;
        }
        catch
        {
            certificate.Dispose();
            throw;
        }
    }

    /// <summary>Packages are signed with RSA (protocols.md A3), and weak keys are refused whoever certified them.</summary>
    private static void RequireKey(X509Certificate2 certificate)
    {
        try
        {
            using var key =
                certificate.GetRSAPublicKey()
                ?? throw new EncryptionException("certificate.key_refused", "Packages are signed with RSA.");
            var numbers = key.ExportParameters(includePrivateParameters: false);
            RsaKeyGate.Check(numbers.Modulus, numbers.Exponent);
        }
        catch (CryptographicException e)
        {
            throw new EncryptionException("certificate.key_refused", "The key of the certificate cannot be read.", e);
        }
        catch (EncryptionException e) when (e.Code.StartsWith("jwk.", StringComparison.Ordinal))
        {
            throw new EncryptionException(
                "certificate.key_refused",
                $"The key of the certificate is refused ({e.Code}).",
                e
            );
        }
    }

    private static byte[] FromText(ReadOnlySpan<byte> source)
    {
        try
        {
            var text = Encoding.ASCII.GetString(source);
            return Convert.FromBase64String(PemEncoding.TryFind(text, out var pem) ? text[pem.Base64Data] : text);
        }
        catch (FormatException e)
        {
            throw new EncryptionException(
                "certificate.format",
                "The certificate is neither DER nor PEM nor base64.",
                e
            );
        }
    }
}
