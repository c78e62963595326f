using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Tests.Support;

namespace MyData.Tests.Data;

/// <summary>What an older version left in clear is sealed before anything is served, and is in no file any more.</summary>
public sealed class SealedColumnsTests : IDisposable
{
    private const string Typed = "zebra-crossing-7341";
    private const string Items =
        $$$"""[{"DataSet":"API.x","SchemaVersion":1,"Provider":"x","Fields":["f"],"Parameters":{"P":"{{{Typed}}}"}}]""";
    private const string Receipt = "eyJhbGciOiJFUzI1NiJ9.an-old-receipt-in-clear.c2ln";

    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-sealed-").FullName;
    private readonly (Guid Id, Guid Citizen) _consent = (Ids.New(), Ids.New());

    private string Connection => $"Data Source={Path.Combine(_folder, "mydata.db")};Pooling=False";

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Start_OnADatabaseWithClearConsents_SealsThem()
    {
        await OldAsync();
        Assert.True(DatabaseFiles.Hold(Connection, [Typed]), "The search would find nothing at all.");
        for (var start = 0; start < 2; start++)
        {
            await using var services = Services();
            services.PrepareDatabase();
            Assert.False(DatabaseFiles.Hold(Connection, [Typed, Receipt]));
            var consents = services.GetRequiredService<Consents>();
            var consent = await consents.FindAsync(
                _consent.Citizen,
                _consent.Id,
                TestContext.Current.CancellationToken
            );
            Assert.Equal(Typed, Assert.Single(consents.Items(consent!)).Parameters["P"]);
            Assert.Equal(Receipt, consents.Receipt(consent!));
        }
    }

    /// <summary>The database as the version before left it.</summary>
    private async Task OldAsync()
    {
        var stop = TestContext.Current.CancellationToken;
        await using var db = new MyDataDb(new DbContextOptionsBuilder<MyDataDb>().UseSqlite(Connection).Options);
        await db.GetService<IMigrator>().MigrateAsync("HelpDesk", stop);
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO consents ("Id", "CitizenId", "SessionId", "Decision", "Purpose", "RecipientKey", "Items", "Receipt", "DecidedAt")
            VALUES ({_consent.Id}, {_consent.Citizen}, {Ids.New()}, 1, 'own-use', 'k', {Items}, {Receipt}, 1)
            """,
            stop
        );
        await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO transfers ("Id", "ConsentId", "CitizenId", "DataSetId", "ProviderId", "SchemaVersion", "Parameters",
                "RecipientJwk", "ClaimHash", "Level", "Methods", "AuthTime", "State", "Round", "CreatedAt", "NextAttemptAt",
                "DeadlineAt", "CipherTextLength")
            VALUES ({Ids.New()}, {_consent.Id}, {_consent.Citizen}, 'API.x', 'x', 1, {Typed},
                '', '', 2, 'oidc', 1, 4, 1, 1, 1, 1, 0)
            """,
            stop
        );
    }

    private ServiceProvider Services() =>
        new ServiceCollection()
            .AddLogging()
            .AddSingleton(TimeProvider.System)
            .AddSingleton<IIssuer, Here>()
            .AddMyDataCore(
                new DatabaseSettings { ConnectionString = Connection },
                new KeyFolder(Path.Combine(_folder, "keys"), mayCreate: true)
            )
            .BuildServiceProvider();

    private sealed class Here : IIssuer
    {
        public string Value => "https://mydata.test";
    }
}
