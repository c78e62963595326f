using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Data;
using MyData.Core.Services;
using MyData.Core.Wire.ServiceSide;
using MyData.Tests.Support;

namespace MyData.Tests.Wire;

/// <summary>Whoever leads browsers to a service's entry without end fills the places of her own network, and nobody else's.</summary>
public sealed class EntryPlacesTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Network_WithItsShareOfNobodysRequests_IsRefused_WithoutARow_AndOthersAreNot()
    {
        await using var house = WireHouse.With(("MyData:Wire:MostOfNetwork", "2"));
        await house.InitializeAsync();
        using var flood = house.Portal.Visitor(from: new([127, 5, 0, 1]));
        var first = await flood.GetAsync(house.Entry(txId: "first"));
        await flood.GetAsync(house.Entry());
        for (var again = 0; again < 3; again++)
        {
            var page = await flood.GetAsync(house.Entry());
            page.ShouldBeAt("/services/refused").ShouldBe(HttpStatusCode.TooManyRequests);
            Assert.Contains(WireCodes.Network, page.Words, StringComparison.Ordinal);
            Assert.Contains("從您所在的網路來的申請", page.Words, StringComparison.Ordinal);
        }
        Assert.Equal(2, await RowsAsync(house));
        // Who loads her page again is where she was.
        Assert.Equal(first.Path, (await flood.GetAsync(house.Entry(txId: "first"))).Path);
        using var other = house.Portal.Visitor(from: new([127, 5, 0, 2]));
        AtRequest(await other.GetAsync(house.Entry()));
        // Another service's places are others.
        AtRequest(await flood.GetAsync(house.Entry(MyData.Web.Sandbox.City.CityListing.Care)));

        // She said no: nobody waits by that one any more.
        await flood.GetAsync(first.Path);
        await flood.SubmitAsync($"{first.Path}/decline");
        AtRequest(await flood.GetAsync(house.Entry()));
        (await flood.GetAsync(house.Entry())).ShouldBeAt("/services/refused");
    }

    [Fact]
    public async Task Site_WithManyNetworks_HasFourTimesOneOfThem_ForAnHour()
    {
        await using var host = new CoreHost(services => services.AddSingleton<IIssuer>(new Here()));
        var places = host.Get<EntryPlaces>();
        var most = host.Get<WireSettings>().MostOfNetwork * EntryPlaces.OfSite;
        Task<bool> TakeAsync(string network, string? site) =>
            places.TakeAsync("city", new(network, site), Ids.New(), Stop);
        for (var network = 0; network < most; network++)
            Assert.True(await TakeAsync($"20010db80007{network:x4}", "20010db80007"));
        Assert.False(await TakeAsync("20010db80007ffff", "20010db80007"));
        Assert.True(await TakeAsync("20010db80008ffff", "20010db80008"));
        Assert.True(await TakeAsync("192.0.2.1", null));
        host.Time.Advance(host.Get<ServiceSettings>().OpenedLife + TimeSpan.FromMinutes(1));
        Assert.True(await TakeAsync("20010db80007ffff", "20010db80007"));
    }

    private sealed class Here : IIssuer
    {
        public string Value => "https://mydata.test";
    }

    private static void AtRequest(Page page) =>
        Assert.StartsWith("/services/requests/", page.Path, StringComparison.Ordinal);

    private static Task<int> RowsAsync(WireHouse house) =>
        house.Portal.ReadAsync(db => db.Set<ServiceRequest>().CountAsync());
}
