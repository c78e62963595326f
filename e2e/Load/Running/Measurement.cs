using MyData.Load.Report;

namespace MyData.Load.Running;

/// <summary>What a measurement works with.</summary>
public sealed record Bench(Workspace Workspace, CancellationToken Stop)
{
    public async Task<ServerPlan> PortalAsync(string name) =>
        ServerPlan.Portal(await Workspace.PublishedAsync(Stop), Workspace.NewFolder(name), Workspace.SandboxKeys);

    public async Task<ServerPlan> SandboxAsync(string name, Uri portal) =>
        ServerPlan.Sandbox(
            await Workspace.PublishedAsync(Stop),
            Workspace.NewFolder(name),
            Workspace.SandboxKeys,
            portal
        );

    public static void Say(string what) => Console.WriteLine(what);
}

/// <summary>One group of figures, called by its name on the command line.</summary>
public interface IMeasurement
{
    string Name { get; }

    /// <summary>The longest that it may take; then the run ends as failed.</summary>
    TimeSpan Limit { get; }

    Task<IReadOnlyList<Figure>> RunAsync(Bench bench);
}
