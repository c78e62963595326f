using Microsoft.AspNetCore.Http.Features;
using MyData.Core.Ledger;

namespace MyData.Web.Features.LedgerApi;

/// <summary>Bodies up to a limit; larger ones are refused as they come.</summary>
internal static class ApiBody
{
    /// <summary>A record of 8 kB, 64 persons and the salt fit twice.</summary>
    public const int MaxRecord = 32 * 1024;

    /// <summary>A thousand records of twice the usual length and more.</summary>
    public const int MaxBatch = 4 * 1024 * 1024;

    /// <exception cref="LedgerException"><c>sent.media_type</c>, <c>sent.too_large</c></exception>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpContext context, int limit)
    {
        if (!context.Request.HasJsonContentType())
            throw new LedgerException(ApiProblem.MediaType, "The body is application/json.");
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } server)
            server.MaxRequestBodySize = limit;
        // It grows with what comes, not with what a stranger says that will come.
        var body = new MemoryStream();
        try
        {
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        }
        catch (BadHttpRequestException large) when (large.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            throw new LedgerException(ApiProblem.TooLarge, "The body is larger than this address takes.", large);
        }
        return body.GetBuffer().AsMemory(0, (int)body.Length);
    }
}
