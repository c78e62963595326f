using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.OpenId;
using MyData.Core.Transfers;

namespace MyData.Core.Services;

/// <summary>
/// Key sets at services' own addresses, in memory and as <see cref="ServiceKeySet"/>, so that a service rolls its keys by itself. Whoever sends nonsense in a
/// service's name makes the platform ask that service once in <see cref="ServiceSettings.KeysAgain"/>, and no oftener; a set that cannot be had, or is none,
/// leaves the last good one, for <see cref="ServiceKeySet.Longest"/>.
/// </summary>
public sealed partial class ServiceKeySets(
    ProviderHttp http,
    IProviderAddresses addresses,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    ServiceSettings settings,
    TimeProvider time,
    ILogger<ServiceKeySets> log
) : IServiceKeys
{
    /// <summary>A set of more is refused as a whole.</summary>
    public const int MostKeys = 20;

    private const int LargestSet = 64 * 1024;
    private static readonly TimeSpan LongestFetch = TimeSpan.FromSeconds(5);
    private readonly ConcurrentDictionary<string, Held> _sets = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Of(OnlineServiceListing service) =>
        service.JwksUri is { } uri
        && _sets.TryGetValue(uri, out var held)
        && held.Now is { FetchedAt: { } fetched } now
        && time.GetUtcNow() - fetched < ServiceKeySet.Longest
            ? [.. service.ClientKeys, .. now.Keys.Select(key => key.Json)]
            : service.ClientKeys;

    public async Task LearnAsync(OnlineServiceListing service, string jws, CancellationToken token)
    {
        if (service.JwksUri is not { } uri)
            return;
        var held = _sets.GetOrAdd(uri, _ => new Held());
        var kid = KidOf(jws);
        if (!IsDue(held.Now, service, kid))
            return;
        // One asks, and whoever comes meanwhile waits for that answer.
        await held.Gate.WaitAsync(token);
        try
        {
            if (held.Now.FetchedAt is null && await StoredAsync(uri) is { } stored)
                held.Now = held.Now with { FetchedAt = stored.FetchedAt, Keys = stored.Read() };
            if (!IsDue(held.Now, service, kid))
                return;
            var now = time.GetUtcNow();
            held.Now = held.Now with { AskedAt = now };
            held.Now = new(now, now, await FetchAsync(uri));
            await StoreAsync(uri, held.Now);
        }
        catch (Exception failed) when (CodeOf(failed) is { } code)
        {
            NotLearnt(service.Id, code);
        }
        finally
        {
            held.Gate.Release();
        }
    }

    private bool IsDue(KeySet set, OnlineServiceListing service, string? kid)
    {
        var now = time.GetUtcNow();
        if (set.AskedAt is { } asked && now - asked < settings.KeysAgain)
            return false;
        return set.FetchedAt is not { } fetched
            || now - fetched >= settings.KeysLife
            || (
                kid is not null
                && set.Keys.All(key => key.Kid != kid)
                && service.ClientKeys.All(key => Jwk.Parse(key).Kid != kid)
            );
    }

    // Whoever hangs up meanwhile must not stop what everybody else waits for: that would be a way to keep a service's keys from being learnt.
    private async Task<IReadOnlyList<(string? Kid, string Json)>> FetchAsync(string uri)
    {
        using var limit = new CancellationTokenSource(LongestFetch);
        using var request = new HttpRequestMessage(HttpMethod.Get, addresses.Resolve(uri));
        request.Headers.Accept.ParseAdd("application/jwk-set+json, application/json");
        var bytes = await http.SendAsync(
            request,
            async (answer, stop) =>
            {
                await using var body = await http.BodyAsync(answer, LargestSet, stop);
                using var copy = new MemoryStream();
                await body.CopyToAsync(copy, stop);
                return copy.ToArray();
            },
            limit.Token
        );
        var keys = JwkSet
            .Parse(StrictJson.ParseObject(bytes, "jwks.invalid"))
            // What it opens with stands in the same set, and signs nothing.
            .Where(key => key.Use is null or "sig" && key.Kty is "EC" or "RSA")
            .ToList();
        if (keys.Count is 0 or > MostKeys || keys.Any(key => key.IsPrivate))
            throw new EncryptionException("jwks.invalid", "It is no set of public keys that sign.");
        return [.. keys.Select(key => (key.Kid, key.ToJson()))];
    }

    private async Task<ServiceKeySet?> StoredAsync(string uri)
    {
        await using var db = await databases.CreateDbContextAsync();
        return await db.Set<ServiceKeySet>().AsNoTracking().FirstOrDefaultAsync(one => one.Uri == uri);
    }

    private Task StoreAsync(string uri, KeySet set)
    {
        var keys = $$"""{"keys":[{{string.Join(',', set.Keys.Select(key => key.Json))}}]}""";
        var row = new ServiceKeySet
        {
            Uri = uri,
            Keys = keys,
            FetchedAt = set.FetchedAt!.Value.TrimToMilliseconds(),
        };
        return writer.WriteAsync(row.Store);
    }

    private static string? KidOf(string jws)
    {
        try
        {
            return Jws.PeekHeader(jws).TryGetProperty("kid", out var kid) ? StrictJson.TextOf(kid) : null;
        }
        catch (EncryptionException)
        {
            return null;
        }
    }

    private static string? CodeOf(Exception failed) =>
        failed switch
        {
            TransferException one => one.Code,
            EncryptionException one => one.Code,
            CatalogueException => TransferCodes.Unreachable,
            OperationCanceledException => TransferCodes.Timeout,
            // The set is in memory all the same.
            _ when Writing.IsUnavailable(failed) => Writing.Unavailable,
            _ => null,
        };

    [LoggerMessage(Level = LogLevel.Warning, Message = "The keys of service {Service} could not be learnt: {Code}")]
    private partial void NotLearnt(string service, string code);

    private sealed class Held
    {
        private volatile KeySet _now = new(null, null, []);

        public SemaphoreSlim Gate { get; } = new(1, 1);

        public KeySet Now
        {
            get => _now;
            set => _now = value;
        }
    }

    private sealed record KeySet(
        DateTimeOffset? AskedAt,
        DateTimeOffset? FetchedAt,
        IReadOnlyList<(string? Kid, string Json)> Keys
    );
}
