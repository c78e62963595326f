using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using MyData.Core.Data;
using MyData.Core.Events;

namespace MyData.Tests.Support;

public sealed record PortalOptions
{
    /// <summary>Replaces the machine's clock, see <see cref="ManualTime"/>.</summary>
    public TimeProvider? Time { get; init; }

    /// <summary>Settings over those of Development, such as <c>("MyData:Sandbox:Enabled", "false")</c>.</summary>
    public IReadOnlyList<(string Key, string Value)> Settings { get; init; } = [];

    /// <summary>Which database it runs on; null: as the run says (<see cref="TestDatabase.Default"/>).</summary>
    public Engine? Engine { get; init; }

    /// <summary>A connection string of the test's own.</summary>
    public string? Database { get; init; }

    /// <summary>The test leaves the log other than it was signed, on purpose (<see cref="WholeLog"/>).</summary>
    public bool EndsBent { get; init; }

    /// <summary>Registrations over the portal's own: fakes of what stands outside the process.</summary>
    public Action<IServiceCollection>? Services { get; init; }
}

/// <summary>
/// The real portal on a port of its own, with a database and keys of its own in a temporary folder that goes with it.
/// Start one in a test, or share one between the tests of a class (<c>IClassFixture&lt;Portal&gt;</c>).
/// </summary>
public sealed class Portal : IAsyncDisposable
{
    /// <summary>The sandbox's RSA keys take seconds to make, and are no secret between tests.</summary>
    public static readonly string SandboxKeys = Path.Combine(Path.GetTempPath(), "mydata-tests", "sandbox-keys");

    private readonly PortalOptions _options;
    private Factory _factory;

    public Portal()
        : this(new PortalOptions()) { }

    private Portal(PortalOptions options)
    {
        _options = options;
        Folder = Directory.CreateTempSubdirectory("mydata-test-").FullName;
        Database = options.Database ?? TestDatabase.New(options.Engine ?? TestDatabase.Default, Folder);
        _factory = Serve(port: 0);
        Origin = _factory.Origin;
    }

    public static Portal Start(PortalOptions options) => new(options);

    public Uri Origin { get; }
    public string Folder { get; }

    /// <summary>Its connection string.</summary>
    public string Database { get; }
    public LogLines Log { get; } = new();
    public IServiceProvider Services => _factory.Services;
    public CommittedEvents Committed => Services.GetRequiredService<CommittedEvents>();

    /// <summary>A new browser.</summary>
    public CitizenDriver Visitor(string language = "zh-TW", IPAddress? from = null) => new(Origin, language, from);

    /// <summary>Reads the database as the portal's own readers do.</summary>
    public async Task<T> ReadAsync<T>(Func<MyDataDb, Task<T>> read)
    {
        await using var db = await Services.GetRequiredService<IDbContextFactory<MyDataDb>>().CreateDbContextAsync();
        return await read(db);
    }

    /// <summary>Every event so far, oldest first.</summary>
    public Task<List<Event>> EventsAsync() => ReadAsync(db => db.Set<Event>().OrderBy(e => e.Id).ToListAsync());

    /// <summary>The first event of this kind that there is, or that comes.</summary>
    public Task<Event> EventAsync(string kind, Func<Event, bool>? where = null) =>
        EventuallyAsync(
            $"an event {kind}",
            async () => (await EventsAsync()).FirstOrDefault(e => e.Kind == kind && where?.Invoke(e) != false)
        );

    public Task<T> EventuallyAsync<T>(string what, Func<Task<T?>> look)
        where T : class => Eventually.GetAsync(Committed, what, look);

    /// <summary>Stops the server and starts it again on the same port and folder, as a deployment does.</summary>
    public async Task RestartAsync()
    {
        var origin = Origin;
        // Meanwhile the port may be the near end of somebody's connection; Kestrel then listens on ::1 alone, and says nothing.
        for (var tries = 0; tries < 20; tries++)
        {
            await _factory.DisposeAsync();
            _factory = Serve(origin.Port);
            if (await ListensAsync(origin.Port))
                return;
        }
        throw new InvalidOperationException($"{origin} does not come back.");
    }

    private static async Task<bool> ListensAsync(int port)
    {
        using var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _factory.DisposeAsync();
        try
        {
            await WholeLog.RequireAsync(Database, Path.Combine(Folder, "ledger"), _options.EndsBent);
        }
        finally
        {
            TestDatabase.Close(Database);
            Directory.Delete(Folder, recursive: true);
        }
    }

    private Factory Serve(int port)
    {
        var factory = new Factory(this);
        factory.UseKestrel(port);
        factory.StartServer();
        return factory;
    }

    private sealed class Factory(Portal portal) : WebApplicationFactory<Program>
    {
        public Uri Origin => new(ClientOptions.BaseAddress.GetLeftPart(UriPartial.Authority));

        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment("Development");
            builder.UseSetting("MyData:Database", portal.Database);
            if (!portal.Database.StartsWith("Data Source=", StringComparison.Ordinal))
                builder.UseSetting("MyData:Ledger:Folder", Path.Combine(portal.Folder, "ledger"));
            builder.UseSetting("MyData:Keys", Path.Combine(portal.Folder, "keys"));
            builder.UseSetting("MyData:Sandbox:Keys", SandboxKeys);
            builder.UseSetting("MyData:Sandbox:Smtp:Port", "0");
            builder.UseSetting("MyData:Sandbox:TlsPort", "0");
            builder.UseSetting("MyData:Sandbox:IncomeWait", "00:00:01");
            // What it raises are records; those about it say when it looks.
            builder.UseSetting("MyData:Watch:Every", "1.00:00:00");
            // Many tests are one person; those about limits say their own.
            foreach (var key in (string[])["DecisionsAnHour", "Packages:AtOnce", "Exports:AtOnce", "Changes:AtOnce"])
                builder.UseSetting($"MyData:Person:{key}", "100000");
            foreach (var (key, value) in portal._options.Settings)
                builder.UseSetting(key, value);
            builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(portal.Log));
            builder.ConfigureTestServices(services =>
            {
                if (portal._options.Time is { } time)
                    services.Replace(ServiceDescriptor.Singleton(time));
                portal._options.Services?.Invoke(services);
            });
        }
    }
}
