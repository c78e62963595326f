using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Core.Transfers;
using MyData.Core.Watch;
using MyData.Tests.Support;
using MyData.Web.Sandbox.Callers;

namespace MyData.Tests.Transfers;

/// <summary>A portal whose agencies report, one citizen who downloads, and what a test needs to see both sides.</summary>
public sealed class SideHouse : IAsyncLifetime
{
    public const string Odd = "API.sandboxOddN";
    public const string Client = "sandbox-odd";

    public Portal Portal { get; } =
        Portal.Start(
            new PortalOptions
            {
                Settings =
                [
                    ("MyData:Sandbox:LateReport", "00:00:01"),
                    ("MyData:SignIn:Rate:NetworkBurst", "100000"),
                    ("MyData:Ledger:NetworkBurst", "100000"),
                ],
                Services = services =>
                    services.Replace(ServiceDescriptor.Singleton(new TransferSettings { DecisionsAnHour = 10_000 })),
            }
        );

    internal Traveller Citizen { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Citizen = await Traveller.SignInAsync(Portal);

    public async ValueTask DisposeAsync()
    {
        Citizen.Dispose();
        await Portal.DisposeAsync();
    }

    public T Get<T>()
        where T : notnull => Portal.Services.GetRequiredService<T>();

    /// <summary>One transfer to its end, with an agency that behaves in this way.</summary>
    public async Task<Transfer> TransferAsync(string behaviour = "none", string dataSet = Odd)
    {
        var query = $"ds={dataSet}";
        if (behaviour != "none")
            query += $"&{dataSet}:BEHAVIOUR={behaviour}";
        var consent = await Citizen.AgreeAsync(query);
        return Assert.Single(await Citizen.SettledAsync(consent));
    }

    public Task<TransferSide> SideAsync(Transfer transfer, Func<TransferSide, bool>? until = null) =>
        Portal.EventuallyAsync(
            "a side",
            async () =>
            {
                var side = await Portal.ReadAsync(db =>
                    db.Set<TransferSide>().FirstOrDefaultAsync(one => one.TransferId == transfer.Id)
                );
                return side is not null && until?.Invoke(side) != false ? side : null;
            }
        );

    /// <summary>Until the watch has looked at its report.</summary>
    public Task WatchedAsync(TransferSide side) =>
        Portal.EventuallyAsync(
            "the watch beyond a report",
            async () =>
            {
                await Get<Watcher>().CatchUpAsync(TestContext.Current.CancellationToken);
                return await Portal.ReadAsync(db =>
                    db.Set<LedgerEntryRow>()
                        .Where(entry => entry.Id == side.ReportId)
                        .Join(
                            db.Set<WatchCursor>(),
                            entry => entry.Log,
                            cursor => cursor.Log,
                            (entry, cursor) => new { entry, cursor }
                        )
                        .Where(both => both.cursor.Next > both.entry.Index)
                        .Select(both => both.cursor)
                        .FirstOrDefaultAsync()
                );
            }
        );

    /// <summary>A day later, as far as this side is concerned; and what the sweep makes of it.</summary>
    public async Task OverdueAsync(TransferSide side)
    {
        DateTimeOffset? over = TimeProvider.System.GetUtcNow().AddSeconds(-1);
        await Get<IWriter>()
            .WriteAsync(scope =>
            {
                scope.Bookkeeping();
                scope
                    .Db.Set<TransferSide>()
                    .Where(one => one.ReportId == side.ReportId)
                    .ExecuteUpdate(set => set.SetProperty(one => one.DueAt, over));
            });
        await Get<SideSweep>().SweepAsync(TestContext.Current.CancellationToken);
    }

    public async Task<List<Event>> EventsAsync(Transfer transfer, string kind) =>
        [.. (await Portal.EventsAsync()).Where(e => e.TransferId == transfer.Id && e.Kind == kind)];

    /// <summary>A record of this agency as it would send it.</summary>
    public static string Envelope(LedgerRecord record)
    {
        using var key = CallerKeyFile.Private(Portal.SandboxKeys, record.Via);
        var named = record with { Kid = CallerKey.Of(key.PublicKey).Kid };
        var signature = key.Sign(CallerSignature.Message(named.ToSignedBytes()));
        var sent = named with { Signature = CallerSignature.Single(signature) };
        return $$"""{"record":{{Encoding.UTF8.GetString(sent.ToSentBytes())}}}""";
    }

    public static LedgerRecord Report(Guid id, string via = Client)
    {
        var now = TimeProvider.System.GetUtcNow();
        return new()
        {
            Id = id,
            Time = now,
            From = $"odd/{Odd}@1",
            To = "citizen",
            Via = via,
            Kid = "",
            Operation = TransferReport.Sent,
            Reason = "own-use",
            Result = "ok",
            Fields = ["name"],
        };
    }

    public async Task<(HttpStatusCode Status, string? Code)> PostAsync(string envelope)
    {
        using var http = new HttpClient();
        using var body = new StringContent(envelope, Encoding.UTF8, "application/json");
        using var answer = await http.PostAsync(new Uri(Portal.Origin, "/ledger/v1/records"), body);
        return (answer.StatusCode, (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())?["code"]);
    }

    /// <summary>A question by a system about itself; what is signed may be another one.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Json)> AskAsync(
        string pathAndQuery,
        string client = Client,
        string? signed = null,
        TimeSpan off = default
    )
    {
        using var key = CallerKeyFile.Private(Portal.SandboxKeys, client);
        var t = (TimeProvider.System.GetUtcNow() + off).ToUnixTimeMilliseconds();
        var message = $"mydata.ledger/read/v1\nGET {signed ?? pathAndQuery}\n{t}\n";
        var sig = Base64Url.EncodeToString(key.Sign(Encoding.UTF8.GetBytes(message)));
        var kid = CallerKey.Of(key.PublicKey).Kid;
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Portal.Origin, pathAndQuery));
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"MyData-Key via=\"{client}\", kid=\"{kid}\", t=\"{t}\", sig=\"{sig}\""
        );
        return await SendAsync(request);
    }

    public static async Task<(HttpStatusCode Status, JsonNode Json)> SendAsync(HttpRequestMessage request)
    {
        using var http = new HttpClient();
        using var answer = await http.SendAsync(request);
        LedgerApi.ApiDescription.RequireKnown(request, answer);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }
}
