using System.Text.Json;
using MyData.Core.Counter;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Counter;

/// <summary>What the modules at both sides of a counter are answered: JSON, and for a refusal its stable code.</summary>
public static class CounterAnswers
{
    private const int MostEntries = 20;

    public static IResult Refused(string code, DateTimeOffset? until = null) =>
        Results.Json(new { code, until }, statusCode: StatusOf(code));

    /// <summary>Runs a step; its refusal becomes the answer.</summary>
    public static async Task<IResult> StepAsync(Func<Task<IResult>> step)
    {
        try
        {
            return await step();
        }
        catch (CounterException refused)
        {
            return Refused(refused.Code);
        }
    }

    /// <summary>JSON by transfer, each an entry or a digest; null where it is no such object.</summary>
    public static IReadOnlyDictionary<Guid, string>? Entries(string? json, bool asText = false)
    {
        if (json is not { Length: > 0 and < 100_000 })
            return null;
        try
        {
            using var document = JsonDocument.Parse(json);
            var entries = new Dictionary<Guid, string>();
            foreach (var member in document.RootElement.EnumerateObject().Take(MostEntries + 1))
            {
                if (!Guid.TryParse(member.Name, out var id))
                    return null;
                entries[id] = asText ? member.Value.GetString() ?? "" : member.Value.GetRawText();
            }
            return entries.Count <= MostEntries ? entries : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static int StatusOf(string code) =>
        code switch
        {
            CounterCodes.Unknown or CounterCodes.NotYours or CounterCodes.Over => StatusCodes.Status404NotFound,
            CounterCodes.Malformed => StatusCodes.Status400BadRequest,
            CounterCodes.Closed or CounterCodes.OfficeClosed => StatusCodes.Status429TooManyRequests,
            CounterCodes.OtherOffice or CounterCodes.WrongCard => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status409Conflict,
        };
}
