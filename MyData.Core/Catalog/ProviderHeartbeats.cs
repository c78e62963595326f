using System.Collections.Concurrent;

namespace MyData.Core.Catalog;

/// <summary>The last heartbeat of each agency. In memory only: after a restart nothing is known until one is asked.</summary>
public sealed class ProviderHeartbeats
{
    private readonly ConcurrentDictionary<string, ProviderHealth> _last = new(StringComparer.Ordinal);

    public ProviderHealth Of(string providerId) => _last.GetValueOrDefault(providerId, ProviderHealth.Unknown);

    internal void Set(string providerId, ProviderHealth health) => _last[providerId] = health;
}
