namespace MyData.Core.Catalog;

/// <summary>One heartbeat, and what its answer means: 200 up, 503 closed for maintenance, all else down (protocols.md A2, B1).</summary>
public sealed class HeartbeatCall(IProviderAddresses addresses, IProviderHeartbeat heartbeat, TimeProvider time)
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SlowFrom = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestMaintenance = TimeSpan.FromDays(7);

    /// <summary>Never fails but by <paramref name="token"/>: an agency that cannot be asked is down.</summary>
    public async Task<ProviderHealth> AskAsync(ProviderListing provider, CancellationToken token)
    {
        using var limit = new CancellationTokenSource(Limit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, token);
        var start = time.GetTimestamp();
        try
        {
            var answer = await heartbeat.AskAsync(addresses.Resolve(provider.Heartbeat), both.Token);
            return Read(answer, time.GetElapsedTime(start));
        }
        catch (Exception error)
            when (error is HttpRequestException or CatalogueException
                || (error is OperationCanceledException && !token.IsCancellationRequested)
            )
        {
            return new ProviderHealth { State = ProviderState.Down };
        }
    }

    private ProviderHealth Read(HeartbeatAnswer answer, TimeSpan took) =>
        answer.Status switch
        {
            200 => new ProviderHealth
            {
                State = took >= SlowFrom ? ProviderState.Slow : ProviderState.Up,
                LastSeen = time.GetUtcNow(),
            },
            503 => new ProviderHealth
            {
                State = ProviderState.Maintenance,
                // A time that cannot be meant is left out.
                MaintenanceUntil =
                    answer.RetryAfter is { } wait && wait > TimeSpan.Zero && wait <= LongestMaintenance
                        ? time.GetUtcNow() + wait
                        : null,
            },
            _ => new ProviderHealth { State = ProviderState.Down },
        };
}
