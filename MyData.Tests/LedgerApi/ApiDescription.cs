using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using MyData.Web.Features.LedgerApi;

namespace MyData.Tests.LedgerApi;

/// <summary>The OpenAPI document as the tests hold answers against it.</summary>
internal static partial class ApiDescription
{
    public static JsonElement Document { get; } = Read();

    /// <summary><c>GET /ledger/v1/records/{id}</c>, each with the operation's object.</summary>
    public static IEnumerable<(string Name, JsonElement Operation)> Operations =>
        from path in Document.GetProperty("paths").EnumerateObject()
        from method in path.Value.EnumerateObject()
        select ($"{method.Name.ToUpperInvariant()} {path.Name}", method.Value);

    /// <summary>That this operation is documented with this answer and this media type.</summary>
    public static void RequireKnown(HttpRequestMessage request, HttpResponseMessage answer)
    {
        var asked = $"{request.Method} {request.RequestUri!.AbsolutePath}";
        var operation = Operations.FirstOrDefault(one => Pattern(one.Name).IsMatch(asked));
        Assert.True(operation.Name is not null, $"{asked} is not in the document.");
        var status = ((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture);
        var known = operation.Operation.GetProperty("responses").TryGetProperty(status, out var response);
        Assert.True(known, $"{asked} answers {status}, and the document does not know it.");
        if (answer.Content.Headers.ContentType?.MediaType is { } type)
            Assert.True(response.GetProperty("content").TryGetProperty(type, out _), $"{asked} {status}: {type}");
    }

    private static Regex Pattern(string name) =>
        new($"^{Placeholder().Replace(Regex.Escape(name), "[^/]+")}$", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static JsonElement Read()
    {
        using var stream = ApiDocument.Open();
        return JsonDocument.Parse(stream).RootElement.Clone();
    }

    [GeneratedRegex(@"\\\{[a-z]+\}", RegexOptions.None, 1000)]
    private static partial Regex Placeholder();
}
