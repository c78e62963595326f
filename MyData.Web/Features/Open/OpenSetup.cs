namespace MyData.Web.Features.Open;

public static class OpenSetup
{
    public static void AddOpen(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<PublicTrust>().AddSingleton<IOpenSource, OpenSource>();
}
