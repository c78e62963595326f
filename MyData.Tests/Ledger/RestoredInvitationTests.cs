using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.Staff;
using MyData.Tests.Support;

namespace MyData.Tests.Ledger;

/// <summary>An older database does not know who has used which invitation: after it has taken over none of before is good.</summary>
public abstract class RestoredInvitationTests(Engine engine) : IAsyncLifetime
{
    private WitnessedHost _all = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _all = await WitnessedHost.StartAsync(engine);

    public ValueTask DisposeAsync() => _all.DisposeAsync();

    [Fact]
    public async Task Invitation_UsedSinceTheBackup_IsNotGoodAgain_AndANewOneIs()
    {
        var (used, open) = (Invite("Ms Tsai"), Invite("Ms Hsu"));
        var older = await _all.CopyAsync();
        Assert.NotNull(await _all.Host.Get<StaffMembers>().EnrolAsync(used, Passkey(1), Stop));
        await _all.Host.PassAsync();
        await _all.EndAsync(null);

        var copy = _all.Open(older);
        var staff = copy.Get<StaffMembers>();
        Assert.Empty(await copy.AllAsync<StaffMember>());
        foreach (var link in (StaffInvitation[])[used, open])
        {
            Assert.False(await staff.TakesAsync(link, Stop));
            Assert.Null(await staff.EnrolAsync(link, Passkey(2), Stop));
        }
        Assert.Empty(await copy.AllAsync<StaffPasskey>());
        await copy.RestartAsync();
        Assert.False(await copy.Get<StaffMembers>().TakesAsync(used, Stop));

        var made = Invite("Ms Tsai");
        Assert.True(await copy.Get<StaffMembers>().TakesAsync(made, Stop));
        Assert.NotNull(await copy.Get<StaffMembers>().EnrolAsync(made, Passkey(3), Stop));
        await WitnessedHost.GoodAsync(copy);
    }

    /// <summary>A backup that lacks no record brings nothing back: nobody can have used it since.</summary>
    [Fact]
    public async Task Invitation_WithNothingRecordedSince_IsStillGood()
    {
        var open = Invite("Ms Hsu");
        var older = await _all.CopyAsync();
        await _all.EndAsync(null);
        var copy = _all.Open(older);
        Assert.True(await copy.Get<StaffMembers>().TakesAsync(open, Stop));
        Assert.NotNull(await copy.Get<StaffMembers>().EnrolAsync(open, Passkey(1), Stop));
        Assert.False(await copy.Get<StaffMembers>().TakesAsync(open, Stop));
        await WitnessedHost.GoodAsync(copy);
    }

    private static StaffInvitation Invite(string name) =>
        new(Ids.New(), name, StaffRoles.Auditor, TimeProvider.System.GetUtcNow() + StaffInvitations.Life);

    private static NewCredential Passkey(byte credential) =>
        new()
        {
            CredentialId = [credential],
            PublicKey = [1],
            SignCount = 0,
            Transports = [],
            IsBackupEligible = false,
            IsBackedUp = false,
        };
}

public sealed class SqliteRestoredInvitationTests() : RestoredInvitationTests(Engine.Sqlite);

public sealed class PostgresRestoredInvitationTests() : RestoredInvitationTests(Engine.Postgres);
