using MyData.Core.Citizens;

namespace MyData.Web.Features.SignIn;

/// <summary>A citizen, as the framework's passkey handler knows her.</summary>
/// <param name="Id">The account's: the user handle inside her authenticator.</param>
public sealed record PasskeyUser(Guid Id);

/// <summary>Citizens' passkeys for the framework's handler.</summary>
public sealed class PasskeyUsers(CitizenAccounts accounts, Passkeys passkeys) : ReadOnlyPasskeys<PasskeyUser>
{
    protected override PasskeyUser User(Guid id) => new(id);

    protected override Guid Id(PasskeyUser user) => user.Id;

    protected override Task<bool> IsThereAsync(Guid id, CancellationToken cancellationToken) =>
        accounts.ExistsAsync(id, cancellationToken);

    protected override async Task<PasskeyRecord?> RecordAsync(byte[] credentialId, CancellationToken token) =>
        await passkeys.FindAsync(credentialId, token);

    protected override async Task<IReadOnlyList<PasskeyRecord>> RecordsAsync(Guid id, CancellationToken token) =>
        await passkeys.AllAsync(id, token);
}
