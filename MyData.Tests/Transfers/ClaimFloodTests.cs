using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.Transfers;
using MyData.Tests.Support;

namespace MyData.Tests.Transfers;

public sealed class ClaimFloodTests : IAsyncDisposable
{
    private readonly CoreHost _host = new();
    private readonly Guid _citizen = Ids.New();
    private readonly Guid _transfer = Ids.New();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Claim_WrongWithoutEnd_IsRefusedEachTimeAndToldTwentyTimes()
    {
        await _host.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            scope.Db.Add(Waiting(scope));
        });
        for (var attempt = 0; attempt < Claims.MostRefusalsTold + 5; attempt++)
        {
            var refused = await Assert.ThrowsAsync<TransferException>(() =>
                _host
                    .Get<Claims>()
                    .ClaimAsync(_citizen, _transfer, $"wrong-{attempt}", TestContext.Current.CancellationToken)
            );
            Assert.Equal(TransferCodes.ClaimRefused, refused.Code);
        }
        var told = (await _host.EventsAsync()).Count(e => e.Kind == EventKinds.ClaimRefused);
        Assert.Equal(Claims.MostRefusalsTold, told);
    }

    private Transfer Waiting(WriteScope scope) =>
        new()
        {
            Id = _transfer,
            ConsentId = Ids.New(),
            CitizenId = _citizen,
            DataSetId = "API.household",
            ProviderId = "ris",
            SchemaVersion = 1,
            RecipientJwk = "{}",
            ClaimHash = Claims.HashOf("right"),
            Level = AssuranceLevel.LoA2,
            Methods = "oidc",
            AuthTime = scope.Now,
            CreatedAt = scope.Now,
            DeadlineAt = scope.Now.AddHours(1),
            State = TransferState.Ready,
        };
}
