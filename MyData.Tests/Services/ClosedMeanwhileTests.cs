using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.OpenId;
using MyData.Core.Services;
using MyData.Tests.Support;

namespace MyData.Tests.Services;

/// <summary>Her account is closed between the look at a row and the write: the ordinary refusal, and no error of the portal's.</summary>
public sealed class ClosedMeanwhileTests(ServiceHouse house) : IClassFixture<ServiceHouse>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Code_IsUnknown()
    {
        using var service = house.OtherDriver();
        var (request, code) = await house.CodeAsync(service, "lin");
        var listing = await ListingAsync(service);
        var grants = ActivatorUtilities.CreateInstance<ServiceGrants>(house.Portal.Services, Closing(request));
        var refused = await Assert.ThrowsAsync<OpenIdException>(() =>
            grants.RedeemAsync(
                new RedeemCode
                {
                    Client = new(listing, Used(service)),
                    Key = new("key", Used(service)),
                    Code = code,
                    RedirectUri = service.Callback,
                    Verifier = service.Verifier,
                },
                Stop
            )
        );
        Assert.Equal(("invalid_grant", ServiceCodes.UnknownCode), (refused.Error, refused.Code));
    }

    [Theory]
    [InlineData("fetch")]
    [InlineData("receipt")]
    public async Task Token_IsNotGood(string step)
    {
        using var service = house.OtherDriver();
        var (request, _, token, transfer) = await house.TokenAsync(service, step == "fetch" ? "chen" : "chang");
        var package = await service.PackageAsync(transfer, token);
        var row = await house.RowAsync(request.Id);
        var deliveries = ActivatorUtilities.CreateInstance<ServiceDeliveries>(house.Portal.Services, Closing(request));
        var use = new TokenUse(token, new(row.KeyThumbprint!, Used(service)));
        var seal = Core.Encryption.SealedPackage.Open(package.Bytes, house.Bank.Recipient).Digest.Hex;
        var refused = await Assert.ThrowsAsync<OpenIdException>(() =>
            step == "fetch"
                ? deliveries.FetchAsync(use, transfer, Stop)
                : deliveries.ReceiveAsync(use, transfer, service.Receipt(transfer, seal, TimeSpan.FromDays(1)), Stop)
        );
        Assert.Equal(("invalid_token", ServiceCodes.Token), (refused.Error, refused.Code));
    }

    private async Task<Core.Catalog.OnlineServiceListing> ListingAsync(ServiceDriver service) =>
        (await house.Get<Core.Catalog.OnlineServices>().FindAsync(service.ClientId, Stop))!;

    private static UsedAssertion Used(ServiceDriver service) =>
        new()
        {
            ClientId = service.ClientId,
            TokenId = ServiceDriver.Random(),
            ExpiresAt = TimeProvider.System.GetUtcNow().AddMinutes(1),
        };

    private Writer Closing(HandedRequest request) =>
        new(
            house.Get<IWriter>(),
            async () =>
            {
                var row = await house.RowAsync(request.Id);
                await house.Get<AccountClosing>().CloseAsync(row.CitizenId!.Value, Guid.Empty, Stop);
            }
        );

    /// <summary>Another write comes before the first one.</summary>
    private sealed class Writer(IWriter inner, Func<Task> before) : IWriter
    {
        private bool _done;

        public async Task<T> WriteAsync<T>(Func<WriteScope, T> work, CancellationToken cancellationToken = default)
        {
            if (!_done)
            {
                _done = true;
                await before();
            }
            return await inner.WriteAsync(work, cancellationToken);
        }
    }
}
