namespace MyData.E2E.Support;

/// <summary>One portal for all tests of a class; each takes a persona of its own.</summary>
public sealed class SharedPortal : IAsyncLifetime
{
    public PortalProcess Portal { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Portal = await PortalProcess.StartAsync();

    public async ValueTask DisposeAsync() => await Portal.DisposeAsync();
}
