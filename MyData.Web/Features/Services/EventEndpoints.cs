using System.Text.Json;
using MyData.Core.OpenId;
using MyData.Core.Services;
using MyData.Web.Features.OpenId;

namespace MyData.Web.Features.Services;

/// <summary>What a service does about data that it has: it asks for its events (RFC 8936), and says what became of a package (protocols.md A5).</summary>
internal static class EventEndpoints
{
    private const string Bearer = "Bearer ";
    private const int LargestBody = 64 * 1024;
    private const int Usual = 20;

    public static void MapServiceEvents(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").ForClients(app.ServiceProvider);
        group.MapPost(ServicesUrls.EventsRoute, PollAsync);
        group.MapPost(ServicesUrls.DeletionRoute, DeletedAsync);
    }

    /// <summary>By its client assertion (RFC 7523) in the header. Answers at once, whatever <c>returnImmediately</c> says (RFC 8936 §2.4).</summary>
    private static Task<IResult> PollAsync(HttpContext context, ServiceClients clients, SecurityEventPoll poll) =>
        OpenIdAnswers.AnswerAsync(
            context,
            async caller =>
            {
                var header = context.Request.Headers.Authorization.ToString();
                if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
                    throw OpenIdException.InvalidClient("No client assertion.");
                var assertion = header[Bearer.Length..].Trim();
                caller.Name(ClientAssertions.Claimed(ClientAssertions.Type, assertion));
                var client = await clients.ByAssertionAsync(
                    ClientAssertions.Type,
                    assertion,
                    clientId: null,
                    context.RequestAborted
                );
                var events = await poll.AskAsync(Read(client, await BodyAsync(context)), context.RequestAborted);
                return Results.Json(new { sets = events.Sets, moreAvailable = events.More });
            }
        );

    private static Task<IResult> DeletedAsync(HttpContext context, Guid transferId, ServiceDeletions deletions) =>
        OpenIdAnswers.AnswerAsync(
            context,
            async _ =>
            {
                var receipt = await DeliveryEndpoints.ReadReceiptAsync(context, ServiceCodes.Deletion);
                await deletions.AnswerAsync(transferId, receipt, context.RequestAborted);
                return Results.NoContent();
            }
        );

    private static async Task<JsonElement> BodyAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType() || context.Request.ContentLength is null or > LargestBody)
            throw Refused();
        try
        {
            using var json = await JsonDocument.ParseAsync(
                context.Request.Body,
                new JsonDocumentOptions { MaxDepth = 4 },
                context.RequestAborted
            );
            return json.RootElement.ValueKind == JsonValueKind.Object ? json.RootElement.Clone() : throw Refused();
        }
        catch (JsonException)
        {
            throw Refused();
        }
    }

    // RFC 8936 §2.2; of events that are none of its own nothing is said.
    private static AskForEvents Read(AuthenticatedService client, JsonElement body)
    {
        var acknowledged =
            body.TryGetProperty("ack", out var ack) && ack.ValueKind == JsonValueKind.Array
                ? ack.EnumerateArray()
                    .Where(one => one.ValueKind == JsonValueKind.String)
                    .Select(one => one.GetString())
                : [];
        var wrong =
            body.TryGetProperty("setErrs", out var errors) && errors.ValueKind == JsonValueKind.Object
                ? errors.EnumerateObject().Select(one => one.Name)
                : [];
        return new AskForEvents
        {
            Client = client,
            Taken = Ids(acknowledged),
            Refused = Ids(wrong),
            Most =
                body.TryGetProperty("maxEvents", out var most)
                && most.ValueKind == JsonValueKind.Number
                && most.TryGetInt32(out var number)
                    ? number
                    : Usual,
        };
    }

    private static List<Guid> Ids(IEnumerable<string?> names)
    {
        try
        {
            return
            [
                .. names
                    .Take(SecurityEventPoll.MostAtOnce)
                    .Select(name => Guid.TryParseExact(name, "D", out var id) ? id : Guid.Empty),
            ];
        }
        // Half a surrogate pair is no text.
        catch (InvalidOperationException)
        {
            throw Refused();
        }
    }

    private static OpenIdException Refused() =>
        OpenIdException.InvalidRequest("Send one JSON object.", ServiceCodes.Parameter);
}
