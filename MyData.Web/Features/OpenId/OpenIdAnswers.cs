using MyData.Core.Data;
using MyData.Core.OpenId;
using MyData.Web.Hosting;

namespace MyData.Web.Features.OpenId;

/// <summary>How every client of the authorization server is answered, and what it is refused with.</summary>
public static class OpenIdAnswers
{
    public const string AssertionField = "client_assertion";
    public const string AssertionTypeField = "client_assertion_type";
    private const string NonceHeader = "DPoP-Nonce";
    private const string ProofAlgorithms = "algs=\"ES256 PS256\"";

    public static async Task<IFormCollection> FormAsync(HttpContext context, CancellationToken cancellation) =>
        context.Request.HasFormContentType
            ? await context.Request.ReadFormAsync(cancellation)
            : throw OpenIdException.InvalidRequest("Send a form.");

    public static string Required(IFormCollection form, string name) =>
        form[name] is [{ Length: > 0 } value]
            ? value
            : throw OpenIdException.InvalidRequest($"{name} is missing or repeated.");

    /// <summary>The one DPoP header (RFC 9449 §4.3, 1); null where there is none, or more than one.</summary>
    public static string? Proof(HttpContext context) => context.Request.Headers["DPoP"] is [{ } proof] ? proof : null;

    /// <summary>Refusals as RFC 6749 §5.2, RFC 6750 §3 and RFC 9449 §7.1 word them; after too many of them 429.</summary>
    /// <param name="scheme">of the <c>WWW-Authenticate</c> header where a token is refused</param>
    public static async Task<IResult> AnswerAsync(
        HttpContext context,
        Func<Caller, Task<IResult>> answer,
        string scheme = "Bearer"
    )
    {
        var caller = new Caller(context, context.RequestServices.GetRequiredService<ClientFailures>());
        try
        {
            caller.Begin();
            return await answer(caller);
        }
        catch (TooManyFailures refused)
        {
            TooManyRequests.SetRetryAfter(context, refused.Wait);
            var told = new { error = ClientFailures.TooMany, code = ClientFailures.TooMany };
            return Results.Json(told, statusCode: StatusCodes.Status429TooManyRequests);
        }
        catch (OpenIdException refused)
        {
            return Refused(context, caller, refused, scheme);
        }
        // Whatever it was that could not be answered: it must not be had for nothing, again and again. That we cannot write is nobody's failure.
        catch (Exception failure) when (!context.RequestAborted.IsCancellationRequested)
        {
            if (!caller.IsProven && !Writing.IsUnavailable(failure))
                caller.Failed();
            throw;
        }
    }

    /// <summary>Tells the nonce for the next proof (RFC 9449 §8.2).</summary>
    public static void TellNonce(HttpContext context) =>
        context.Response.Headers[NonceHeader] = context.RequestServices.GetRequiredService<DpopProofs>().Nonce;

    private static IResult Refused(HttpContext context, Caller caller, OpenIdException refused, string scheme)
    {
        var asksForNonce = refused.Code == DpopProofs.NonceCode;
        if (asksForNonce)
            TellNonce(context);
        if (!caller.IsProven || refused.Error == "invalid_client")
            caller.Failed(asksForNonce ? ClientFailures.NonceShare : 1);
        if (refused.RetryAfter is { } wait)
            TooManyRequests.SetRetryAfter(context, wait);
        var atResource = scheme == "DPoP";
        var status = atResource && refused.Error is "use_dpop_nonce" or "invalid_dpop_proof" ? 401 : refused.Status;
        if (status == 401)
            context.Response.Headers.WWWAuthenticate =
                atResource ? $"DPoP error=\"{refused.Error}\", {ProofAlgorithms}"
                : refused.Error == "invalid_client" ? "Basic realm=\"mydata\""
                : $"{scheme} error=\"{refused.Error}\"";
        return Results.Json(new { error = refused.Error, code = refused.Code }, statusCode: status);
    }

    /// <summary>Whoever asks, as far as is known: its network, then the client that it names.</summary>
    public sealed class Caller(HttpContext context, ClientFailures failures)
    {
        private string _client = "";

        public void Begin() => Refuse(failures.Wait(context));

        public void Name(string client)
        {
            _client = client;
            Refuse(failures.Wait(context, client));
        }

        /// <summary>
        /// It has proved which client it is. What it is refused from then on counts no more: visitors of a service lead it to send codes that are
        /// none, and could shut it out.
        /// </summary>
        public bool IsProven { get; private set; }

        public void Proven(string client)
        {
            Name(client);
            IsProven = true;
        }

        public void Failed(double share = 1) => failures.Add(context, _client, share);

        private static void Refuse(TimeSpan? wait)
        {
            if (wait is { } time)
                throw new TooManyFailures(time);
        }
    }

    private sealed class TooManyFailures(TimeSpan wait) : Exception
    {
        public TimeSpan Wait { get; } = wait;
    }
}
