namespace MyData.Web.Features.Download;

public static class DownloadSetup
{
    public static void AddDownload(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<SealedDrafts>().AddSingleton<Choices>();
}
