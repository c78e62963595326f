using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>
/// A cut before, inside and after every commit, and while tiles are written: what was acknowledged is there, what was published is the
/// beginning of what comes back, and the log goes on (security.md F1).
/// </summary>
public sealed class PowerCutTests
{
    private const int Writes = 6;

    [Fact]
    public async Task Cut_AtEveryStepOfACommit_LosesAndForksNothing()
    {
        var cuts = new List<(string Folder, string Step, Checkpoint? Published, int Acknowledged)>();
        var acknowledged = 0;
        Camera? camera = null;
        await using var host = new CoreHost(
            services => services.Replace(CameraBefore(services)),
            engine: Engine.Sqlite
        );
        camera = (Camera)host.Get<ICommitLog>();
        camera.Look = step =>
            cuts.Add(
                (
                    PowerCut.Copy(host.Folder),
                    step,
                    host.Get<OpenLogs>().Current?.Published?.Checkpoint,
                    Volatile.Read(ref acknowledged)
                )
            );
        for (var write = 0; write < Writes; write++)
        {
            await host.WriteAsync(scope => scope.Raise(Happened($"n{write}")));
            acknowledged++;
        }
        camera.Look = _ => { };
        Assert.Equal(Writes * 4, cuts.Count);
        foreach (var (folder, step, published, before) in cuts)
        {
            await using var after = new CoreHost(folder: folder, engine: Engine.Sqlite);
            var size = after.Log().Published!.Checkpoint.Size;
            Assert.True(size >= before, $"{step}: {size} of {before}.");
            Assert.True(step == "committed" ? size == before + 1 : size == before, $"{step}: {size} of {before}.");
            Assert.Empty((await after.AuditAsync(published is null ? [] : [published])).Findings);
            await after.WriteAsync(scope => scope.Raise(Happened("more")));
            await after.CheckAsync();
        }
    }

    [Fact]
    public async Task Cut_WhileTilesAreWritten_IsCaughtUp()
    {
        await using var host = new CoreHost(engine: Engine.Sqlite);
        await host.WriteAsync(scope =>
        {
            for (var i = 0; i < 600; i++)
                scope.Raise(Happened("many"));
        });
        await host.Get<TileKeeper>().StoreAsync(TestContext.Current.CancellationToken);
        var files = Directory
            .GetFiles(Path.Combine(host.Folder, "ledger"), "*", SearchOption.AllDirectories)
            .OrderByDescending(File.GetLastWriteTimeUtc)
            .Select(file => Path.GetRelativePath(host.Folder, file))
            .ToList();
        Assert.Equal(5, files.Count);
        for (var missing = 1; missing <= files.Count; missing++)
        {
            var folder = PowerCut.Copy(host.Folder);
            foreach (var file in files.Take(missing))
                File.Delete(Path.Combine(folder, file));
            await using var after = new CoreHost(folder: folder, engine: Engine.Sqlite);
            await after.Get<TileKeeper>().StoreAsync(TestContext.Current.CancellationToken);
            Assert.All(files, file => Assert.True(File.Exists(Path.Combine(folder, file)), file));
            await after.CheckAsync();
        }
    }

    private static Event Happened(string kind) =>
        new()
        {
            Kind = kind,
            Actor = "citizen",
            CitizenId = Ids.New(),
        };

    private static ServiceDescriptor CameraBefore(IServiceCollection services)
    {
        var log = services.Last(service => service.ServiceType == typeof(ICommitLog));
        return ServiceDescriptor.Singleton<ICommitLog>(provider => new Camera(
            (ICommitLog)ActivatorUtilities.CreateInstance(provider, log.ImplementationType!)
        ));
    }

    private sealed class Camera(ICommitLog inner) : ICommitLog
    {
        public Action<string> Look { get; set; } = _ => { };

        public void Begin(MyDataDb db, WriterStatements statements, DateTimeOffset now)
        {
            Look("begin");
            inner.Begin(db, statements, now);
        }

        public void Record(WriteScope scope, IReadOnlyList<Event> events)
        {
            inner.Record(scope, events);
            Look("recorded");
        }

        public void Seal()
        {
            inner.Seal();
            Look("sealed");
        }

        public void Committed()
        {
            Look("committed");
            inner.Committed();
        }

        public void Failed() => inner.Failed();
    }
}
