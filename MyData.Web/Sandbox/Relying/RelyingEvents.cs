using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Agencies;

namespace MyData.Web.Sandbox.Relying;

/// <summary>
/// An organisation is told that somebody took her consent back (RFC 8935): it checks who tells it, says that it has heard, and then does what its conduct is:
/// deletes, or keeps by law, and signs for that.
/// </summary>
public sealed class RelyingEvents(
    IHttpClientFactory clients,
    SecurityEventReader reader,
    RelyingParty party,
    TimeProvider clock,
    ILogger<RelyingEvents> log
) : BackgroundLoop
{
    public const string Path = "/events";

    private const int MostTries = 20;
    private const string Revoked = "consent-revoked";
    private static readonly string[] Kinds = [Revoked, "deletion-overdue"];
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(365);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);
    private readonly Channel<Package> _told = Channel.CreateUnbounded<Package>();
    private readonly ConcurrentQueue<Package> _owed = [];

    /// <summary>RFC 8935 §2: 202 where it was taken, 400 with why not.</summary>
    public async Task<IResult> TakeAsync(HttpContext http)
    {
        if (party.Conduct.Current == RelyingConduct.Deaf)
            return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
        if (await reader.ReadAsync(http, [.. party.Products.Select(product => product.Id)]) is not { } heard)
            return Results.Json(new { err = "invalid_request" }, statusCode: StatusCodes.Status400BadRequest);
        foreach (var (kind, told) in heard.Events)
            Note(kind, told);
        foreach (var package in Packages(heard))
            _told.Writer.TryWrite(package);
        return Results.StatusCode(StatusCodes.Status202Accepted);
    }

    protected override async Task RunAsync(CancellationToken stopping)
    {
        party.Conduct.WhenChanged(GoOn);
        await foreach (var package in _told.Reader.ReadAllAsync(stopping))
        {
            if (party.Conduct.Current is RelyingConduct.Silent or RelyingConduct.Deaf)
            {
                _owed.Enqueue(package);
                continue;
            }
            var keeps = party.Conduct.Current == RelyingConduct.Keeps;
            if (!keeps)
                party.Applications.Forget(package.Transfer);
            for (var tries = 0; tries < MostTries && !await AnswerAsync(package, keeps, stopping); tries++)
                await Task.Delay(Again, clock, stopping);
        }
    }

    // What it kept silent about it answers when it answers at all.
    private void GoOn()
    {
        for (var left = _owed.Count; left > 0 && _owed.TryDequeue(out var package); left--)
            _told.Writer.TryWrite(package);
    }

    private static IEnumerable<Package> Packages(HeardEvent heard) =>
        heard
            .Events.Where(one => Kinds.Contains(one.Key))
            .SelectMany(one => one.Value.GetProperty("transfers").EnumerateArray())
            .Select(one => new Package(
                one.GetProperty("transfer_id").GetString()!,
                one.GetProperty("seal").GetString()!,
                heard.Issuer,
                heard.Audience
            ));

    // What it hears of a standing consent it keeps to.
    private void Note(string kind, JsonElement told)
    {
        if (
            !told.TryGetProperty("consent_id", out var consent)
            || party.Applications.OfConsent(consent.GetString() ?? "") is not { } standing
        )
            return;
        standing.Paused = kind == "consent-paused" || (standing.Paused && kind != "consent-resumed");
        standing.Ended |= kind is Revoked or "consent-ended";
    }

    /// <returns>false where it must be sent again</returns>
    private async Task<bool> AnswerAsync(Package package, bool keeps, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var claims = new Dictionary<string, object>
        {
            ["iss"] = package.Client,
            ["aud"] = package.Issuer,
            ["iat"] = now.ToUnixTimeSeconds(),
            ["transfer"] = package.Transfer,
            ["seal"] = package.Seal,
            ["status"] = keeps ? "kept" : "deleted",
        };
        if (keeps)
            (claims["until"], claims["law"]) = ((now + KeptFor).ToUnixTimeSeconds(), party.Law);
        var receipt = Jws.Sign(
            party.Client,
            JoseNames.Es256,
            JsonSerializer.SerializeToUtf8Bytes(claims),
            "mydata-deletion-receipt+jwt"
        );
        using var body = new ByteArrayContent(Encoding.ASCII.GetBytes(receipt));
        body.Headers.ContentType = new("application/jose");
        try
        {
            using var client = clients.CreateClient(PortalClient.HttpName);
            var url = new Uri($"{package.Issuer}/api/v1/transfers/{package.Transfer}/deletion");
            using var answer = await client.PostAsync(url, body, ct);
            if ((int)answer.StatusCode is 429 or >= 500)
                return false;
            if (!answer.IsSuccessStatusCode)
                log.LogWarning("The portal refused a deletion receipt: {Status}", (int)answer.StatusCode);
            return true;
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException)
        {
            ct.ThrowIfCancellationRequested();
            return false;
        }
    }

    private sealed record Package(string Transfer, string Seal, string Issuer, string Client);
}
