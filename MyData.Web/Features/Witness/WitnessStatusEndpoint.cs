namespace MyData.Web.Features.Witness;

/// <summary>A witness's own word on how it is: disk, fsync, version, copies, and what was wrong with them. For anybody, as its copy is.</summary>
public static class WitnessStatusEndpoint
{
    public static void MapStatus(this IEndpointRouteBuilder app) =>
        app.MapGet(
            WitnessUrls.Status,
            (HttpContext context, Core.Witnessing.Witness witness) =>
            {
                context.Response.Headers.CacheControl = "no-cache";
                return TypedResults.Json(witness.Status());
            }
        );
}
