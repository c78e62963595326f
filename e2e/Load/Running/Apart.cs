namespace MyData.Load.Running;

/// <summary>The portal and its sandbox in a process each, so that the portal's memory is its own.</summary>
public sealed class Apart : IAsyncDisposable
{
    private Apart(Server portal, Server sandbox)
    {
        Portal = portal;
        Sandbox = sandbox;
    }

    public Server Portal { get; }

    public Server Sandbox { get; }

    /// <param name="settings">of the sandbox</param>
    public static async Task<Apart> StartAsync(Bench bench, string name, params (string Key, string Value)[] settings)
    {
        var plan = await bench.PortalAsync($"{name}-portal");
        // The sandbox is told the portal's address and the portal the sandbox's: both ports are chosen before either starts.
        var port = Server.FreePort();
        var sandbox = Server.Plan(
            (await bench.SandboxAsync($"{name}-sandbox", new Uri($"http://localhost:{port}"))).With(settings)
        );
        var portal = Server.Plan(
            plan.With(("MyData:Sandbox:Url", sandbox.Origin.GetLeftPart(UriPartial.Authority))),
            port
        );
        var both = new Apart(portal, sandbox);
        try
        {
            await sandbox.StartAsync(bench.Stop);
            await portal.StartAsync(bench.Stop);
            return both;
        }
        catch
        {
            await both.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Portal.DisposeAsync();
        await Sandbox.DisposeAsync();
    }
}
