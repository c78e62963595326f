namespace MyData.Web.Features.NationalService;

public static class WireSetup
{
    public static void AddNationalServicePages(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<LeadingBack>();

    public static void MapNationalService(this IEndpointRouteBuilder app)
    {
        app.MapEntry();
        app.MapWireDecisions();
    }
}
