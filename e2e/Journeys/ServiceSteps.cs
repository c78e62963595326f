using Microsoft.Playwright;
using MyData.E2E.Support;
using MyData.Web.Features.Services;

namespace MyData.E2E.Journeys;

/// <summary>What a citizen who comes from a service does again and again.</summary>
public static class ServiceSteps
{
    /// <summary>Her yes to fetch, and until her browser has opened what came: the button that hands it over.</summary>
    public static async Task<ILocator> FetchForServiceAsync(this Journey journey)
    {
        await journey.Button(journey.Words<ServicesText>("AgreeFetch")).ClickAsync();
        var handOver = journey.Button(journey.Words<ServicesText>("AgreeHandOver"));
        await Assertions.Expect(handOver).ToBeEnabledAsync(new() { Timeout = 60_000 });
        return handOver;
    }

    /// <summary>Of packages that were handed over: what is still kept.</summary>
    public static Task<long> HandedOverChunksAsync(this PortalProcess portal) =>
        portal.NumberAsync(
            "select count(*) from package_chunks where TransferId in (select TransferId from service_items where ReceivedAt is not null)"
        );
}
