using System.Text;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;
using MyData.Core.Catalog;

namespace MyData.Web.Features.Catalog;

public static class CatalogEndpoints
{
    private const string SchemaType = "application/schema+json; charset=utf-8";

    public static void MapCatalog(this IEndpointRouteBuilder app) =>
        app.MapGet($"{CatalogUrls.List}/{{id}}/schema.json", SchemaAsync).AllowAnonymous();

    /// <summary>The data set's JSON Schema; an earlier one by <c>?version=</c>. Public, and the same for everybody.</summary>
    private static async Task<Results<ContentHttpResult, StatusCodeHttpResult, NotFound>> SchemaAsync(
        HttpContext context,
        Catalogue catalogue,
        string id,
        int? version,
        CancellationToken token
    )
    {
        if (await catalogue.FindAsync(id, token) is not { } known)
            return TypedResults.NotFound();
        var wanted = version ?? known.Listing.SchemaVersion;
        if (await catalogue.FindSchemaAsync(id, wanted, token) is not { } schema)
            return TypedResults.NotFound();
        // A version is never changed, so its number is its tag; without a number the newest may change.
        var tag = new EntityTagHeaderValue($"\"{wanted}\"");
        context.Response.Headers.ETag = tag.ToString();
        context.Response.Headers.CacheControl = version is null ? "public, max-age=300" : "public, max-age=86400";
        return context
            .Request.GetTypedHeaders()
            .IfNoneMatch.Any(given => given.Compare(tag, useStrongComparison: false))
            ? TypedResults.StatusCode(StatusCodes.Status304NotModified)
            : TypedResults.Text(schema, SchemaType, Encoding.UTF8);
    }
}
