namespace MyData.Web.Features.Services;

public static class ServicesSetup
{
    /// <summary>Everything about online services; what one page needs of it is one service to it.</summary>
    public static void AddServicePages(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<RequestBrowsers>().AddSingleton<RequestPages>();
}
