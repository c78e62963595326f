using MyData.Core.Counter;

namespace MyData.Web.Features.Counter;

public static class CounterSetup
{
    /// <summary>Everything about counters; what one page needs of it is one service to it.</summary>
    public static void AddCounterPages(this WebApplicationBuilder builder) =>
        builder.Services.AddSingleton<CounterPages>().AddSingleton<ClerkOf>();
}
