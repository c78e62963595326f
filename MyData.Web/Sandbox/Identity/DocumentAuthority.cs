using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Citizens;
using MyData.Web.Sandbox.Personas;

namespace MyData.Web.Sandbox.Identity;

/// <summary>
/// Says whether an ID number, a health card number and a household number belong to one person: 0 match, 1 no match, 2 not
/// activated (protocols.md Part C). One answer for every kind of mismatch, and the same work for each.
/// </summary>
public sealed class DocumentAuthority(ClientCheck clients, SandboxAddress address)
{
    public const string Path = "/authorities/documents";

    private const int LargestBody = 4_096;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowDuplicateProperties = false,
    };

    public async Task<IResult> AnswerAsync(HttpContext http)
    {
        var audience = $"{address.Own}{SandboxAddress.Root}{Path}";
        if (!await clients.IsPortalAsync(http.Request, form: null, [audience], http.RequestAborted))
            return Results.Json(new { error = "invalid_client" }, statusCode: StatusCodes.Status401Unauthorized);
        if (!http.Request.HasJsonContentType() || http.Request.ContentLength > LargestBody)
            return Wrong();
        try
        {
            var question = await JsonSerializer.DeserializeAsync<Question>(
                http.Request.Body,
                Options,
                http.RequestAborted
            );
            return question is null ? Wrong() : Results.Json(new { result = Judge(question) });
        }
        catch (JsonException)
        {
            return Wrong();
        }
    }

    internal static int Judge(Question question)
    {
        var id = NationalId.TryParse(question.Id, out var parsed) ? parsed.Value : "";
        var match = false;
        var activated = false;
        // Everybody is compared, all three numbers each: neither the order nor the first difference shows in the time.
        foreach (var person in SandboxPersonas.All)
        {
            var same =
                Same(id, person.Id.Value)
                & Same(question.HealthCard, person.HealthCard)
                & Same(question.Household, person.Household);
            match |= same;
            activated |= same & person.DocumentsActivated;
        }
        return (match ? 1 : 0) switch
        {
            0 => 1,
            _ => activated ? 0 : 2,
        };
    }

    private static IResult Wrong() =>
        Results.Json(new { error = "invalid_request" }, statusCode: StatusCodes.Status400BadRequest);

    private static bool Same(string given, string held) =>
        CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(given)),
            SHA256.HashData(Encoding.UTF8.GetBytes(held))
        );

    /// <summary>The numbers as the portal sends them.</summary>
    internal sealed record Question
    {
        public required string Id { get; init; }

        public required string HealthCard { get; init; }

        public required string Household { get; init; }
    }
}
