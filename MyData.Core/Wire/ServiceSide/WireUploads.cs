using System.Collections.Concurrent;
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
    ServiceRequests requests,
    WireSettings settings,
    TimeProvider time
)
{
    private const int MostSeen = 1_000;
    private static readonly TimeSpan Life = TimeSpan.FromHours(1);

    // By upload. A piece never changes, so what was read once need not be read again for whoever sends the same form again.
    private readonly ConcurrentDictionary<Guid, Seen> _seen = new();

    /// <returns>False where the request is not hers, native, not at this step, or this is more than one delivery may have.</returns>
    public async Task<bool> KeepAsync(
        Guid citizenId,
        Guid requestId,
        Guid upload,
        int number,
        byte[] bytes,
        CancellationToken token
    )
    {
        if (number < 0 || number >= settings.MostParts || bytes.Length == 0 || bytes.Length > settings.PartBytes)
            return false;
        // A native one has nothing to upload, and nobody would come for it.
        if (await requests.FindAsync(citizenId, requestId, token) is not { Content.National: not null })
            return false;
        return await writer.WriteAsync(
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
        if (await LookAsync(requestId, upload, token) is not { } look)
            return false;
        if (!_seen.TryGetValue(upload.Id, out var seen) || seen.Look != look)
        {
            if (await PartAsync(requestId, upload.Id, 0, token) is not { } first || !IsFor(first, cipher))
                return false;
            seen = new(look, await DigestAsync(requestId, upload, first, token));
            if (_seen.Count >= MostSeen)
                _seen.Clear();
            _seen[upload.Id] = seen;
        }
        return seen.Digest == upload.Digest;
    }

    /// <summary>By their numbers and lengths, before a byte is read; null where something is missing.</summary>
    private async Task<Look?> LookAsync(Guid requestId, WireUpload upload, CancellationToken token)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        var parts = await db.Set<WirePart>()
            .Where(part => part.Upload == upload.Id && part.RequestId == requestId)
            .OrderBy(part => part.Number)
            .Select(part => new
            {
                part.Number,
                part.Bytes.Length,
                part.ExpiresAt,
            })
            .ToListAsync(token);
        var left = upload.Length;
        for (var number = 0; left > 0; number++)
        {
            if (number == parts.Count || parts[number].Number != number)
                return null;
            if (parts[number].Length != Math.Min(left, settings.PartBytes))
                return null;
            left -= parts[number].Length;
        }
        // Those that ran out and were uploaded anew run out later.
        return new(requestId, upload.Length, parts.Max(part => part.ExpiresAt));
    }

    private async Task<string> DigestAsync(Guid requestId, WireUpload upload, byte[] first, CancellationToken token)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(first);
        var left = upload.Length - first.Length;
        for (var number = 1; left > 0; number++)
        {
            if (await PartAsync(requestId, upload.Id, number, token) is not { } bytes)
                return "";
            hash.AppendData(bytes);
            left -= bytes.Length;
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
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

    private sealed record Look(Guid RequestId, long Length, DateTimeOffset ExpiresAt);

    private sealed record Seen(Look Look, string Digest);
}
