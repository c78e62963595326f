namespace MyData.Web.Features.History;

public static class HistorySetup
{
    public static void AddHistory(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<HistoryWords>();
        builder.Services.AddSingleton<HistoryExport>();
    }
}
