namespace MyData.Core.Catalog;

/// <summary>What an agency answers to "are you there?".</summary>
public sealed record HeartbeatAnswer(int Status, TimeSpan? RetryAfter);

/// <summary>Asks an agency's heartbeat over the network: no redirect is followed, no token is sent, no body is read.</summary>
public interface IProviderHeartbeat
{
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    Task<HeartbeatAnswer> AskAsync(Uri heartbeat, CancellationToken token);
}
