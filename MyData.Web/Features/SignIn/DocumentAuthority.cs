using System.Net.Http.Json;
using System.Text.Json.Serialization;
using MyData.Core.Citizens;

namespace MyData.Web.Features.SignIn;

/// <summary>The numbers on two documents that only their holder has at hand together.</summary>
public sealed record DocumentNumbers
{
    public required NationalId Id { get; init; }

    /// <summary>Twelve digits.</summary>
    public required string HealthCard { get; init; }

    /// <summary>A letter and seven digits.</summary>
    public required string Household { get; init; }

    public override string ToString() => Id.ToString();
}

public enum DocumentAnswer
{
    Match,

    /// <summary>They do not belong together, or the person is not known, or matching is not switched on for her: one answer for all.</summary>
    NoMatch,

    /// <summary>The authority did not answer, or not as agreed. Nothing is known.</summary>
    Unavailable,
}

/// <summary>The authority that says whether documents belong together (protocols.md, part C).</summary>
public interface IDocumentAuthority
{
    Task<DocumentAnswer> MatchAsync(DocumentNumbers numbers, CancellationToken cancellationToken);
}

/// <summary>The authority over HTTP.</summary>
public sealed partial class HttpDocumentAuthority(
    IHttpClientFactory clients,
    IdentitySources sources,
    ClientAssertion assertion,
    ILogger<HttpDocumentAuthority> log
) : IDocumentAuthority
{
    public const string ClientName = "document-authority";

    /// <summary>In bytes; an answer is one number.</summary>
    public const int LongestAnswer = 64 * 1024;

    /// <summary>Her numbers go to the configured address, and nowhere that it points to.</summary>
    public static SocketsHttpHandler Handler() => new() { AllowAutoRedirect = false, UseCookies = false };

    public async Task<DocumentAnswer> MatchAsync(DocumentNumbers numbers, CancellationToken cancellationToken)
    {
        using var client = clients.CreateClient(ClientName);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, sources.Documents);
            request.Headers.Authorization = new("Bearer", assertion.For(sources.Documents));
            request.Content = JsonContent.Create(new Question(numbers.Id.Value, numbers.HealthCard, numbers.Household));
            using var response = await client.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
            var answer = await response.Content.ReadFromJsonAsync<Answer>(cancellationToken);
            return answer?.Result switch
            {
                0 => DocumentAnswer.Match,
                1 or 2 => DocumentAnswer.NoMatch,
                _ => DocumentAnswer.Unavailable,
            };
        }
        catch (Exception failure)
            // InvalidOperationException: a charset that is none.
            when (failure
                    is HttpRequestException
                        or System.Text.Json.JsonException
                        or InvalidOperationException
                        or TaskCanceledException
                && !cancellationToken.IsCancellationRequested
            )
        {
            NoAnswer(log, failure);
            return DocumentAnswer.Unavailable;
        }
    }

    [LoggerMessage(1, LogLevel.Warning, "The document authority does not answer.")]
    private static partial void NoAnswer(ILogger log, Exception failure);

    private sealed record Question(
        [property: JsonPropertyName("id")] string Id,
        [property: JsonPropertyName("health_card")] string HealthCard,
        [property: JsonPropertyName("household")] string Household
    );

    private sealed record Answer([property: JsonPropertyName("result")] int? Result);
}
