using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Events;
using MyData.Core.OpenId;
using MyData.Core.Transfers;
using MyData.Tests.Support;

namespace MyData.Tests.Transfers;

/// <summary>Closing an account ends, in the same write, what other features still have under way for her.</summary>
public abstract class ClosedAccountTests(Engine engine) : IAsyncDisposable
{
    private readonly CoreHost _host = new(services => services.AddSingleton(new TransferSettings()), engine: engine);
    private readonly Guid _citizen = Ids.New();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    [Theory]
    [InlineData(TransferState.Requested, TransferState.Failed)]
    [InlineData(TransferState.Calling, TransferState.Failed)]
    [InlineData(TransferState.Preparing, TransferState.Failed)]
    [InlineData(TransferState.Ready, TransferState.Expired)]
    public async Task Close_TransferUnderWay_EndsItWithTokenAndPackage(TransferState before, TransferState after)
    {
        var id = await StoreAsync(_citizen, before);
        await CloseAsync();
        var transfer = Assert.Single(await _host.AllAsync<Transfer>());
        Assert.Equal((after, TransferCodes.AccountClosed), (transfer.State, transfer.Code));
        Assert.Null(transfer.Head);
        Assert.Empty(await _host.AllAsync<PackageChunk>());
        Assert.All(await _host.AllAsync<AccessToken>(), token => Assert.NotNull(token.RevokedAt));
        Assert.Contains(
            await _host.EventsAsync(),
            e => e.TransferId == id && e.Code == TransferCodes.AccountClosed && e.CitizenId == _citizen
        );
    }

    [Fact]
    public async Task Close_OtherCitizensAndEndedTransfers_StayAsTheyAre()
    {
        await StoreAsync(Ids.New(), TransferState.Ready);
        await StoreAsync(_citizen, TransferState.Done);
        await CloseAsync();
        Assert.Equal(
            [TransferState.Ready, TransferState.Done],
            (await _host.AllAsync<Transfer>()).OrderBy(t => t.Id).Select(t => t.State)
        );
        Assert.Equal(2, (await _host.AllAsync<PackageChunk>()).Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Close_WhileACallRuns_WhatItBringsIsDeleted(bool arrives)
    {
        var id = await StoreAsync(_citizen, TransferState.Calling);
        await CloseAsync();
        await _host.WriteAsync(scope => Chunk(scope, id, 7));
        var steps = _host.Get<TransferSteps>();
        if (arrives)
            Assert.False(await steps.ReadyAsync(id, Late(id), Token));
        else
            await steps.FailAsync(id, TransferCodes.Cut, Token);
        Assert.Empty(await _host.AllAsync<PackageChunk>());
        Assert.Equal(TransferCodes.AccountClosed, Assert.Single(await _host.AllAsync<Transfer>()).Code);
    }

    [Fact]
    public async Task Subject_OfAClosedAccount_IsAnInactiveToken()
    {
        await StoreAsync(_citizen, TransferState.Calling);
        var refused = await Assert.ThrowsAsync<OpenIdException>(() =>
            _host.Get<Introspection>().BearerSubjectAsync("token", Token)
        );
        Assert.Equal("invalid_token", refused.Error);
    }

    private Task CloseAsync() =>
        _host.WriteAsync(scope =>
            scope.Raise(
                new Event
                {
                    Kind = EventKinds.AccountClosed,
                    CitizenId = _citizen,
                    Actor = "citizen",
                }
            )
        );

    private async Task<Guid> StoreAsync(Guid citizen, TransferState state)
    {
        var id = Ids.New();
        await _host.WriteAsync(scope =>
        {
            scope.Db.Add(TransferOf(scope, id, citizen, state));
            scope.Db.Add(TokenOf(scope, id, citizen, state));
            Chunk(scope, id, 0);
        });
        return id;
    }

    private static ProviderAnswer.Sealed Late(Guid transfer) =>
        new(
            "{",
            "00",
            4,
            new PackageChunk
            {
                TransferId = transfer,
                Number = 8,
                Bytes = "late"u8.ToArray(),
            }
        );

    private static void Chunk(WriteScope scope, Guid transfer, int number)
    {
        scope.Bookkeeping();
        scope.Db.Add(
            new PackageChunk
            {
                TransferId = transfer,
                Number = number,
                Bytes = [1, 2, 3],
            }
        );
    }

    private static Transfer TransferOf(WriteScope scope, Guid id, Guid citizen, TransferState state) =>
        new()
        {
            Id = id,
            ConsentId = Ids.New(),
            CitizenId = citizen,
            DataSetId = "API.household",
            ProviderId = "ris",
            SchemaVersion = 1,
            RecipientJwk = "{}",
            ClaimHash = "",
            Level = AssuranceLevel.LoA2,
            Methods = "oidc",
            AuthTime = scope.Now,
            CreatedAt = scope.Now,
            DeadlineAt = scope.Now.AddHours(1),
            ExpiresAt = scope.Now.AddHours(8),
            State = state,
            Head = "{",
        };

    private static AccessToken TokenOf(WriteScope scope, Guid transfer, Guid citizen, TransferState state) =>
        new()
        {
            Hash = TransferTokens.HashOf(state == TransferState.Done ? "other" : "token"),
            TransferId = transfer,
            ConsentId = Ids.New(),
            CitizenId = citizen,
            DataSetId = "API.household",
            Audience = "ris",
            Subject = "subject",
            Level = AssuranceLevel.LoA2,
            Methods = "oidc",
            AuthTime = scope.Now,
            IssuedAt = scope.Now,
            ExpiresAt = scope.Now.AddMinutes(10),
        };
}

public sealed class SqliteClosedAccountTests() : ClosedAccountTests(Engine.Sqlite);

public sealed class PostgresClosedAccountTests() : ClosedAccountTests(Engine.Postgres);
