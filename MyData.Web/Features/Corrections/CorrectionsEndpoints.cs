using System.Text.Json;
using MyData.Core.Corrections;
using MyData.Core.OpenId;
using MyData.Core.Services;
using MyData.Web.Features.OpenId;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Corrections;

/// <summary>A citizen asks from the page where she reads; her agency fetches and answers by API, with its client assertion.</summary>
internal static class CorrectionsEndpoints
{
    private const string Bearer = "Bearer ";
    private const int LargestBody = 4 * 1024;

    public static void MapCorrections(this IEndpointRouteBuilder app)
    {
        app.MapPost(CorrectionsUrls.Page, AskAsync).RequireForm().WithMetadata(PersonLimit.Changes).WithOrder(-1);
        var agencies = app.MapGroup("").ForClients(app.ServiceProvider);
        agencies.MapPost(CorrectionsUrls.WaitingRoute, WaitingAsync);
        agencies.MapPost(CorrectionsUrls.AnswerRoute, AnswerAsync);
    }

    private static async Task<IResult> AskAsync(
        HttpContext context,
        IFormCollection form,
        CorrectionRequests corrections
    )
    {
        if (
            !Guid.TryParse(form["id"], out var id)
            || !Guid.TryParse(form["transfer"], out var transfer)
            || form["field"] is not [{ Length: > 0 and <= 100 } field]
            || form["sealed"] is not [{ Length: > 0 } content]
        )
            return Refused(CorrectionException.Malformed);
        try
        {
            var request = new AskCorrection
            {
                Id = id,
                CitizenId = context.User.GetCitizenId(),
                TransferId = transfer,
                Field = field,
                Sealed = content,
            };
            await corrections.AskAsync(request, context.RequestAborted);
            return Results.NoContent();
        }
        catch (CorrectionException refused)
        {
            return Refused(refused.Code);
        }
    }

    /// <summary>Those that wait for an answer; what is sealed is for the key of the agency's registered certificate.</summary>
    private static Task<IResult> WaitingAsync(
        HttpContext context,
        ProviderClients providers,
        AgencyCorrections corrections
    ) =>
        OpenIdAnswers.AnswerAsync(
            context,
            async caller =>
            {
                var agency = await ProvedAsync(context, caller, providers);
                var waiting = await corrections.AskAsync(agency, context.RequestAborted);
                return Results.Json(
                    new
                    {
                        corrections = waiting.Select(one => new
                        {
                            id = one.Correction.Id,
                            dataset = one.Correction.DataSetId,
                            transfer_id = one.Correction.TransferId,
                            field = one.Correction.Field,
                            sub = one.Subject,
                            asked_at = one.Correction.AskedAt.ToUnixTimeSeconds(),
                            answer_by = one.Correction.DueAt.ToUnixTimeSeconds(),
                            @sealed = one.Correction.Sealed,
                        }),
                    }
                );
            }
        );

    private static Task<IResult> AnswerAsync(
        HttpContext context,
        Guid id,
        ProviderClients providers,
        AgencyCorrections corrections
    ) =>
        OpenIdAnswers.AnswerAsync(
            context,
            async caller =>
            {
                var agency = await ProvedAsync(context, caller, providers);
                var answer = await AnswerOfAsync(context);
                return await corrections.AnswerAsync(agency, id, answer, context.RequestAborted)
                    ? Results.NoContent()
                    : throw OpenIdException.InvalidRequest("No such correction waits.", CorrectionException.Unknown);
            }
        );

    private static async Task<AuthenticatedProvider> ProvedAsync(
        HttpContext context,
        OpenIdAnswers.Caller caller,
        ProviderClients providers
    )
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            throw OpenIdException.InvalidClient("No client assertion.");
        var assertion = header[Bearer.Length..].Trim();
        caller.Name(ClientAssertions.Claimed(ClientAssertions.Type, assertion));
        return await providers.ByAssertionAsync(ClientAssertions.Type, assertion, context.RequestAborted);
    }

    private static async Task<string> AnswerOfAsync(HttpContext context)
    {
        if (!context.Request.HasJsonContentType() || context.Request.ContentLength is null or > LargestBody)
            throw Wrong();
        try
        {
            using var json = await JsonDocument.ParseAsync(
                context.Request.Body,
                new JsonDocumentOptions { MaxDepth = 4 },
                context.RequestAborted
            );
            return
                json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty("answer", out var said)
                && said.ValueKind == JsonValueKind.String
                && CorrectionAnswers.All.FirstOrDefault(known => said.ValueEquals(known)) is { } answer
                ? answer
                : throw Wrong();
        }
        // Half a surrogate pair is no text.
        catch (Exception wrong) when (wrong is JsonException or InvalidOperationException)
        {
            throw Wrong();
        }
    }

    private static OpenIdException Wrong() =>
        OpenIdException.InvalidRequest(
            $"Send one JSON object with an answer: {string.Join(", ", CorrectionAnswers.All)}.",
            CorrectionException.Malformed
        );

    private static IResult Refused(string code) =>
        Results.Json(
            new { code },
            statusCode: code switch
            {
                CorrectionException.TooMany => StatusCodes.Status429TooManyRequests,
                CorrectionException.Unknown => StatusCodes.Status404NotFound,
                _ => StatusCodes.Status422UnprocessableEntity,
            }
        );
}
