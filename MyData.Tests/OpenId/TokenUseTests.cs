using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.OpenId;
using MyData.Tests.Catalog;
using MyData.Tests.Support;

namespace MyData.Tests.OpenId;

/// <summary>An agency that asks without end fills neither her history nor the disk.</summary>
public sealed class TokenUseTests : IAsyncDisposable
{
    private readonly CoreHost _host = new();
    private readonly Guid _citizen = Ids.New();

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Fact]
    public async Task Introspect_WithoutEnd_IsAnsweredAndToldTwentyTimesForEachToken()
    {
        var provider = new AuthenticatedProvider(SampleListings.All[0], null, null);
        await _host.WriteAsync(scope =>
        {
            scope.Bookkeeping();
            foreach (var value in (string[])["first", "second"])
                scope.Db.Add(TokenOf(value, scope.Now));
        });
        for (var round = 0; round < Introspection.MostAnswers + 5; round++)
        {
            var token = await _host
                .Get<Introspection>()
                .TokenAsync(provider, "first", TestContext.Current.CancellationToken);
            Assert.Equal(round < Introspection.MostAnswers, token is not null);
        }
        Assert.Equal(Introspection.MostAnswers, (await _host.EventsAsync()).Count(e => e.CitizenId == _citizen));
        Assert.NotNull(
            await _host.Get<Introspection>().TokenAsync(provider, "second", TestContext.Current.CancellationToken)
        );
    }

    private AccessToken TokenOf(string value, DateTimeOffset now) =>
        new()
        {
            Hash = TransferTokens.HashOf(value),
            TransferId = Ids.New(),
            ConsentId = Ids.New(),
            CitizenId = _citizen,
            DataSetId = SampleListings.All[0].DataSets[0].Id,
            Audience = SampleListings.All[0].ClientId,
            Subject = "sub",
            Level = AssuranceLevel.LoA2,
            Methods = "oidc",
            AuthTime = now,
            IssuedAt = now,
            ExpiresAt = now.AddHours(1),
        };
}
