using Microsoft.AspNetCore.WebUtilities;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Web.Hosting;

namespace MyData.Web.Features.LedgerApi;

/// <summary>A refusal as problem+json (RFC 9457): the status is the HTTP class, <c>code</c> the stable word of the README's tables.</summary>
public sealed record ApiProblem(string Title, int Status, string Code, string Detail)
{
    public const string ContentType = "application/problem+json";

    /// <summary>No record, log or place of this name.</summary>
    public const string NotFound = "ledger.not_found";

    /// <summary>Larger than the endpoint takes.</summary>
    public const string TooLarge = "sent.too_large";

    /// <summary>Not application/json.</summary>
    public const string MediaType = "sent.media_type";

    /// <summary>At an address for whoever is signed in, nobody is; what its endpoint carries, so that a program is never sent to a page.</summary>
    public static readonly ApiProblem SignedOut = Of(
        401,
        "session.ended",
        "Nobody is signed in: her session cookie is wanted."
    );

    /// <summary>When to come again to a full queue: it is empty within a second.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <param name="refusal">its message repeats nothing of what was sent</param>
    public static ApiProblem Of(LedgerException refusal) => Of(StatusOf(refusal.Code), refusal.Code, refusal.Message);

    public static ApiProblem Of(int status, string code, string detail) =>
        new(ReasonPhrases.GetReasonPhrase(status), status, code, detail);

    /// <summary>As the whole answer.</summary>
    public IResult Answer() => new Result(this);

    private static int StatusOf(string code) =>
        code switch
        {
            "sent.json" => StatusCodes.Status400BadRequest,
            "record.unsigned" or ReadSignature.Unsigned => StatusCodes.Status401Unauthorized,
            "record.signature"
            or "sent.key_unknown"
            or "sent.key_revoked"
            or "sent.held_forbidden"
            or ReadSignature.Refused => StatusCodes.Status403Forbidden,
            NotFound => StatusCodes.Status404NotFound,
            "sent.conflict" => StatusCodes.Status409Conflict,
            "record.too_large" or TooLarge or "sent.too_many" => StatusCodes.Status413PayloadTooLarge,
            MediaType => StatusCodes.Status415UnsupportedMediaType,
            LedgerIntake.Full => StatusCodes.Status429TooManyRequests,
            Writing.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status422UnprocessableEntity,
        };

    private sealed class Result(ApiProblem problem) : IResult
    {
        public Task ExecuteAsync(HttpContext context)
        {
            context.Response.StatusCode = problem.Status;
            if (
                problem.Status == StatusCodes.Status429TooManyRequests
                && context.Response.Headers.RetryAfter.Count == 0
            )
                TooManyRequests.SetRetryAfter(context, Soon);
            if (problem.Status == StatusCodes.Status503ServiceUnavailable)
                TooManyRequests.SetRetryAfter(context, ProblemPages.AskAgain);
            // RFC 9110 §11.6.1 wants a scheme: for a record, the signature inside it is the one there is.
            if (problem.Status == StatusCodes.Status401Unauthorized)
                context.Response.Headers.WWWAuthenticate =
                    problem == SignedOut ? "MyData-Session"
                    : problem.Code == ReadSignature.Unsigned ? ReadSignature.Scheme
                    : "MyData-Record-Signature";
            return context.Response.WriteAsJsonAsync(problem, ApiJson.Options, ContentType, context.RequestAborted);
        }
    }
}
