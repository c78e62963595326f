namespace MyData.Web.Features.Open;

public static class OpenSetup
{
    public static void AddOpen(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<PublicTrust>().AddSingleton<IOpenSource, OpenSource>().AddSingleton<ScriptList>();

    public static void MapOpen(this IEndpointRouteBuilder app) =>
        app.MapGet(ScriptList.Url, (ScriptList list) => Results.Json(list.Document())).AllowAnonymous();
}
