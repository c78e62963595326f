using System.IO.Pipelines;
using System.Security.Cryptography;
using MyData.Core.Citizens;
using MyData.Core.Encryption;
using MyData.Core.Transfers;

namespace MyData.Core.Wire;

/// <summary>Checks a plain package of the national wire as her browser would, and seals it for her browser.</summary>
public sealed class SealOnArrival(
    Relay relay,
    CitizenAccounts accounts,
    IProviderCertificateCheck certificates,
    TimeProvider time
)
{
    private const string DataFile = "data.json";

    /// <summary>Bytes of data.json, unpacked: it stands in memory whole while its subject is looked for.</summary>
    private const int MostData = 64 * 1024 * 1024;

    /// <exception cref="EncryptionException">The package, its signature or the certificate is not in order.</exception>
    /// <exception cref="TransferException">It is about somebody else.</exception>
    public async Task<ProviderAnswer> SealAsync(ProviderCall call, ReadOnlyMemory<byte> zip, CancellationToken token)
    {
        using var package = PackageReader.Read(zip, PackageLimits.Default);
        certificates.Check(package.Certificate, time.GetUtcNow());
        if (
            !string.Equals(
                package.CertificateSha256,
                call.Provider.CertificateSha256,
                StringComparison.OrdinalIgnoreCase
            )
        )
            throw new EncryptionException(
                "certificate.other_provider",
                "The package is signed with another certificate."
            );
        await RequireSubjectAsync(call, package, token);

        var key = Jwk.Parse(call.Transfer.RecipientJwk);
        var request = new SealRequest
        {
            Transfer = call.Transfer.Id.ToString(),
            DataSet = call.DataSet.Id,
            Sub = call.Token.Row.Subject,
            IssuedAt = time.GetUtcNow(),
            Recipients = [new SealRecipient("citizen", key.Thumbprint(), key)],
        };
        var pipe = new Pipe();
        var seal = SealInto(pipe.Writer, zip, request, token);
        try
        {
            return await relay.StoreAsync(call.Transfer.Id, pipe.Reader.AsStream(), _ => { }, token);
        }
        finally
        {
            // The plain bytes are wiped next: sealing must have let go of them, also when storing failed.
            await pipe.Reader.CompleteAsync();
            await seal;
        }
    }

    private static async Task SealInto(
        PipeWriter writer,
        ReadOnlyMemory<byte> zip,
        SealRequest request,
        CancellationToken token
    )
    {
        Exception? failure = null;
        try
        {
            await using var output = writer.AsStream(leaveOpen: true);
            await SealedPackage.SealAsync(zip, request, output, token);
        }
        catch (Exception caught)
        {
            failure = caught;
            throw;
        }
        finally
        {
            await writer.CompleteAsync(failure);
        }
    }

    private async Task RequireSubjectAsync(ProviderCall call, VerifiedPackage package, CancellationToken token)
    {
        var citizen =
            await accounts.FindIdentityAsync(call.Transfer.CitizenId, token)
            ?? throw new TransferException(TransferCodes.AccountClosed, "The account is closed.");
        if (call.DataSet.SubjectField is not { } field)
            throw new TransferException(TransferCodes.OtherPerson, "The data set does not say whose data it holds.");
        if (!package.Files.Contains(DataFile, StringComparer.Ordinal))
            throw new TransferException(TransferCodes.Malformed, "The package has no data.json.");
        var data = package.Read(DataFile, MostData);
        try
        {
            if (!StrictJson.RootTextIs(data, field, citizen.Id.Value, "data.format"))
                throw new TransferException(TransferCodes.OtherPerson, "The package is about another person.");
        }
        finally
        {
            CryptographicOperations.ZeroMemory(data);
        }
    }
}
