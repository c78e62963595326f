using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Services;

namespace MyData.Core.Wire.ServiceSide;

/// <summary>What her browser says that it uploaded.</summary>
/// <param name="Digest">SHA-256 of it in lower-case hexadecimal</param>
public sealed record WireUpload(Guid Id, long Length, string Digest);

/// <summary>The JWE of a delivery in pieces, each within the limit of a request: uploaded before she agrees, when nobody but her browser has the key.</summary>
public sealed class WireUploads(
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    WireSettings settings,
    TimeProvider time
)
{
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    /// <returns>False where the request is not hers, not at this step, or this is more than one delivery may have.</returns>
    public Task<bool> KeepAsync(
        Guid citizenId,
        Guid requestId,
        Guid upload,
        int number,
        byte[] bytes,
        CancellationToken token
    )
    {
        if (number < 0 || number >= settings.MostParts || bytes.Length == 0 || bytes.Length > settings.PartBytes)
            return Task.FromResult(false);
        return writer.WriteAsync(
            scope =>
            {
                scope.Bookkeeping();
                // Two tabs, or a second try: each has an upload of its own.
                if (
                    !NationalRequests.IsFetching(scope, citizenId, requestId)
                    || scope.Db.Set<WirePart>().Count(part => part.RequestId == requestId) >= 2 * settings.MostParts
                )
                    return false;
                var part = new WirePart
                {
                    Upload = upload,
                    Number = number,
                    RequestId = requestId,
                    Bytes = bytes,
                    ExpiresAt = scope.Now + Life,
                };
                part.Insert(scope.Db);
                return true;
            },
            token
        );
    }

    /// <summary>Complete, as her browser sent it, and encrypted as the service registered: nothing more can be seen from here.</summary>
    public async Task<bool> IsWholeAsync(
        Guid requestId,
        WireUpload upload,
        NationalCipher cipher,
        CancellationToken token
    )
    {
        if (upload.Length <= 0 || upload.Length > settings.LargestDelivery)
            return false;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var left = upload.Length;
        for (var number = 0; left > 0; number++)
        {
            if (await PartAsync(requestId, upload.Id, number, token) is not { } bytes)
                return false;
            if (bytes.Length != Math.Min(left, settings.PartBytes) || (number == 0 && !IsFor(bytes, cipher)))
                return false;
            hash.AppendData(bytes);
            left -= bytes.Length;
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset()) == upload.Digest;
    }

    /// <summary>Within a write: they stay as long as the request does, and what else was uploaded for it goes.</summary>
    internal static void Hold(WriteScope scope, Guid requestId, Guid upload, DateTimeOffset until)
    {
        Drop(scope, scope.Db.Set<WirePart>().Where(part => part.RequestId == requestId && part.Upload != upload));
        scope
            .Db.Set<WirePart>()
            .Where(part => part.RequestId == requestId)
            .ExecuteUpdate(set => set.SetProperty(part => part.ExpiresAt, until));
    }

    /// <summary>Within a write: nothing of it is left.</summary>
    internal static void Drop(WriteScope scope, Guid requestId) =>
        Drop(scope, scope.Db.Set<WirePart>().Where(part => part.RequestId == requestId));

    /// <summary>Sends the whole, piece by piece; while the service reads one, no connection to the database is held.</summary>
    /// <exception cref="OperationCanceledException">Also where the service takes longer than <see cref="WireSettings.LongestFetch"/>.</exception>
    public async Task SendAsync(WireDelivery delivery, Stream output, CancellationToken token)
    {
        using var late = new CancellationTokenSource(settings.LongestFetch, time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(token, late.Token);
        var left = delivery.Length;
        for (var number = 0; left > 0; number++)
        {
            var bytes =
                await PartAsync(delivery.Id, delivery.Upload!.Value, number, over.Token)
                ?? throw new OperationCanceledException("She took it back meanwhile.");
            await output.WriteAsync(bytes, over.Token);
            left -= bytes.Length;
        }
    }

    private async Task<byte[]?> PartAsync(Guid requestId, Guid upload, int number, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<WirePart>()
            .Where(part => part.Upload == upload && part.Number == number && part.RequestId == requestId)
            .Select(part => part.Bytes)
            .FirstOrDefaultAsync(token);
    }

    private static bool IsFor(byte[] first, NationalCipher cipher)
    {
        try
        {
            var header = Jwe.PeekHeader(Encoding.ASCII.GetString(first));
            var (alg, enc) = Algs(cipher);
            return Text("alg") == alg && Text("enc") == enc;

            string? Text(string name) => header.TryGetProperty(name, out var value) ? StrictJson.TextOf(value) : null;
        }
        catch (EncryptionException)
        {
            return false;
        }
    }

    /// <summary>The two algorithms of a mode (RFC 7518 §4.1, §5.1).</summary>
    public static (string Alg, string Enc) Algs(NationalCipher cipher) =>
        cipher == NationalCipher.Gcm
            ? (JoseNames.A256GcmKw, JoseNames.A256Gcm)
            : (JoseNames.A256Kw, JoseNames.A256CbcHs512);

    private static void Drop(WriteScope scope, IQueryable<WirePart> parts)
    {
        if (parts.ExecuteDelete() > 0)
            scope.Erase();
    }
}
