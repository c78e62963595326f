using Microsoft.AspNetCore.Identity;
using MyData.Core.Citizens;

namespace MyData.Web.Features.SignIn;

/// <summary>A citizen, as the framework's passkey handler knows her.</summary>
public sealed class PasskeyUser
{
    /// <summary>The account's id: the user handle inside her authenticator.</summary>
    public required string Id { get; init; }
}

/// <summary>
/// Lets the framework's passkey handler read accounts and passkeys. It only reads: every change goes through
/// <see cref="Passkeys"/>, in one write with its event.
/// </summary>
public sealed class PasskeyUsers(CitizenAccounts accounts, Passkeys passkeys) : IUserPasskeyStore<PasskeyUser>
{
    public async Task<PasskeyUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParseExact(userId, "N", out var id) && await accounts.ExistsAsync(id, cancellationToken)
            ? new PasskeyUser { Id = userId }
            : null;

    public async Task<PasskeyUser?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await passkeys.FindAsync(credentialId, cancellationToken) is { } passkey
            ? await FindByIdAsync(passkey.CitizenId.ToString("N"), cancellationToken)
            : null;

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(
        PasskeyUser user,
        byte[] credentialId,
        CancellationToken cancellationToken
    ) =>
        await passkeys.FindAsync(credentialId, cancellationToken) is { } passkey
        && passkey.CitizenId.ToString("N") == user.Id
            ? Info(passkey)
            : null;

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(PasskeyUser user, CancellationToken cancellationToken)
    {
        var all = await passkeys.AllAsync(Guid.ParseExact(user.Id, "N"), cancellationToken);
        return [.. all.Select(Info)];
    }

    public Task<string> GetUserIdAsync(PasskeyUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.Id);

    public Task<string?> GetUserNameAsync(PasskeyUser user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(null);

    public Task<string?> GetNormalizedUserNameAsync(PasskeyUser user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(null);

    public Task<PasskeyUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        Task.FromResult<PasskeyUser?>(null);

    public Task AddOrUpdatePasskeyAsync(PasskeyUser user, UserPasskeyInfo passkey, CancellationToken token) =>
        throw ReadOnly();

    public Task RemovePasskeyAsync(PasskeyUser user, byte[] credentialId, CancellationToken token) => throw ReadOnly();

    public Task SetUserNameAsync(PasskeyUser user, string? userName, CancellationToken token) => throw ReadOnly();

    public Task SetNormalizedUserNameAsync(PasskeyUser user, string? normalizedName, CancellationToken token) =>
        throw ReadOnly();

    public Task<IdentityResult> CreateAsync(PasskeyUser user, CancellationToken token) => throw ReadOnly();

    public Task<IdentityResult> UpdateAsync(PasskeyUser user, CancellationToken token) => throw ReadOnly();

    public Task<IdentityResult> DeleteAsync(PasskeyUser user, CancellationToken token) => throw ReadOnly();

    public void Dispose() { }

    private static NotSupportedException ReadOnly() => new("Accounts and passkeys are changed by their own service.");

    private static UserPasskeyInfo Info(Passkey passkey) =>
        new(
            passkey.CredentialId,
            passkey.PublicKey,
            passkey.CreatedAt,
            (uint)passkey.SignCount,
            passkey.Transports.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            isUserVerified: true,
            passkey.IsBackupEligible,
            passkey.IsBackedUp,
            attestationObject: [],
            clientDataJson: []
        );
}
