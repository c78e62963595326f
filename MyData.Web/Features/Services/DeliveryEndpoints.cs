using MyData.Core.Data;
using MyData.Core.OpenId;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Web.Features.OpenId;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Services;

/// <summary>What a service does with its token: fetch a package, sign for it (protocols.md A5).</summary>
internal static class DeliveryEndpoints
{
    private const string Scheme = "DPoP";
    private const string ReceiptType = "application/jose";
    private const int LargestReceipt = 8 * 1024;

    public static void MapDelivery(this IEndpointRouteBuilder app)
    {
        var group = app.MapGroup("").ForClients(app.ServiceProvider);
        group.MapGet(ServicesUrls.PackageRoute, PackageAsync);
        group.MapPost(ServicesUrls.ReceiptRoute, ReceiptAsync);
    }

    private static Task<IResult> PackageAsync(
        HttpContext context,
        Guid transferId,
        ServiceDeliveries deliveries,
        Relay relay
    ) =>
        WithTokenAsync(
            context,
            async use =>
            {
                var package = await deliveries.FetchAsync(use, transferId, context.RequestAborted);
                context.Response.ContentType = "application/jose+json";
                context.Response.ContentLength = Relay.LengthOf(package.Transfer, package.Head);
                try
                {
                    await relay.SendAsync(
                        package.Transfer,
                        package.Head,
                        context.Response.Body,
                        context.RequestAborted
                    );
                }
                catch (OperationCanceledException)
                {
                    // Gone, or too slow: the length is announced, so the service knows that it is not the whole.
                    context.Abort();
                }
                return Results.Empty;
            }
        );

    private static Task<IResult> ReceiptAsync(HttpContext context, Guid transferId, ServiceDeliveries deliveries) =>
        WithTokenAsync(
            context,
            async use =>
            {
                var receipt = await ReadReceiptAsync(context, ServiceCodes.Receipt);
                await deliveries.ReceiveAsync(use, transferId, receipt, context.RequestAborted);
                return Results.NoContent();
            }
        );

    /// <exception cref="OpenIdException">invalid_request with this code.</exception>
    internal static async Task<string> ReadReceiptAsync(HttpContext context, string code)
    {
        if (context.Request.ContentType != ReceiptType || context.Request.ContentLength is null or > LargestReceipt)
            throw OpenIdException.InvalidRequest("Send one signed receipt.", code);
        using var reader = new StreamReader(context.Request.Body);
        return (await reader.ReadToEndAsync(context.RequestAborted)).Trim();
    }

    /// <summary>By a token and a proof of its key (RFC 9449 §7.1).</summary>
    internal static Task<IResult> WithTokenAsync(HttpContext context, Func<TokenUse, Task<IResult>> step) =>
        OpenIdAnswers.AnswerAsync(
            context,
            async _ =>
            {
                var header = context.Request.Headers.Authorization.ToString();
                if (!header.StartsWith($"{Scheme} ", StringComparison.OrdinalIgnoreCase) || header.Length > 8192)
                    throw new OpenIdException("invalid_token", 401, "No DPoP token.", ServiceCodes.Token);
                var token = header[(Scheme.Length + 1)..].Trim();
                var services = context.RequestServices;
                var target = services.GetRequiredService<IIssuer>().Value + context.Request.Path;
                var key = services
                    .GetRequiredService<DpopProofs>()
                    .Check(OpenIdAnswers.Proof(context), context.Request.Method, target, token);
                try
                {
                    OpenIdAnswers.TellNonce(context);
                    return await step(new TokenUse(token, key));
                }
                catch (NotReadyException waiting)
                {
                    TooManyRequests.SetRetryAfter(context, waiting.RetryAfter);
                    return Results.StatusCode(StatusCodes.Status202Accepted);
                }
                // As an agency says it (protocols.md A2).
                catch (ServiceException refused) when (refused.Code == StandingCodes.NothingHeld)
                {
                    return Results.NoContent();
                }
                catch (ServiceException refused)
                {
                    return Results.Json(new { code = refused.Code }, statusCode: StatusOf(refused.Code));
                }
            },
            Scheme
        );

    private static int StatusOf(string code) =>
        code switch
        {
            ServiceCodes.Received => StatusCodes.Status409Conflict,
            ServiceCodes.Suspended => StatusCodes.Status403Forbidden,
            _ => StatusCodes.Status410Gone,
        };
}
