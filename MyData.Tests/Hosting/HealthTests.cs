using System.Net;
using MyData.Tests.Support;
using MyData.Web.Hosting;

namespace MyData.Tests.Hosting;

/// <summary>The watchdog is told when the database is gone, and when it is back.</summary>
public sealed class HealthTests : IAsyncLifetime
{
    private readonly Portal _portal = Portal.Start(new() { Engine = Engine.Sqlite });

    private string Database => Path.Combine(_portal.Folder, "mydata.db");

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _portal.DisposeAsync();

    [Fact]
    public async Task Health_DatabaseTakenAway_Is503UntilItIsBack()
    {
        Assert.Equal((HttpStatusCode.OK, "ok"), await AskAsync());
        File.Move(Database, Database + ".away");
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "database"), await AskAsync());
        Assert.False(File.Exists(Database), "The question made an empty database.");
        File.Move(Database + ".away", Database);
        Assert.Equal((HttpStatusCode.OK, "ok"), await AskAsync());
    }

    [Fact]
    public async Task Health_AnotherFileInItsPlace_Is503()
    {
        var content =
            "This is no database, whatever its name may say; it is long enough to have a header of a hundred bytes.";
        // One that was read before is open, and would go on answering.
        await _portal.EventsAsync();
        File.Move(Database, Database + ".away");
        await File.WriteAllTextAsync(Database, content, TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "database"), await AskAsync());
        File.Move(Database + ".away", Database, overwrite: true);
        Assert.Equal((HttpStatusCode.OK, "ok"), await AskAsync());
    }

    private async Task<(HttpStatusCode Status, string Text)> AskAsync()
    {
        using var watchdog = _portal.Visitor();
        using var answer = await watchdog.SendAsync(new HttpRequestMessage(HttpMethod.Get, Health.Path));
        Assert.True(answer.Headers.CacheControl!.NoStore);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
