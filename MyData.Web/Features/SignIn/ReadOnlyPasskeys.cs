using Microsoft.AspNetCore.Identity;

namespace MyData.Web.Features.SignIn;

/// <summary>
/// Lets the framework's passkey handler read accounts and passkeys of one kind of people. It only reads: every change goes
/// through their own service, in one write with its event.
/// </summary>
public abstract class ReadOnlyPasskeys<TUser> : IUserPasskeyStore<TUser>
    where TUser : class
{
    public abstract Task<TUser?> FindByIdAsync(string userId, CancellationToken cancellationToken);

    public abstract Task<TUser?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken);

    public abstract Task<UserPasskeyInfo?> FindPasskeyAsync(
        TUser user,
        byte[] credentialId,
        CancellationToken cancellationToken
    );

    public abstract Task<IList<UserPasskeyInfo>> GetPasskeysAsync(TUser user, CancellationToken cancellationToken);

    public abstract Task<string> GetUserIdAsync(TUser user, CancellationToken cancellationToken);

    public Task<string?> GetUserNameAsync(TUser user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(null);

    public Task<string?> GetNormalizedUserNameAsync(TUser user, CancellationToken cancellationToken) =>
        Task.FromResult<string?>(null);

    public Task<TUser?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) =>
        Task.FromResult<TUser?>(null);

    public Task AddOrUpdatePasskeyAsync(TUser user, UserPasskeyInfo passkey, CancellationToken token) =>
        throw ReadOnly();

    public Task RemovePasskeyAsync(TUser user, byte[] credentialId, CancellationToken token) => throw ReadOnly();

    public Task SetUserNameAsync(TUser user, string? userName, CancellationToken token) => throw ReadOnly();

    public Task SetNormalizedUserNameAsync(TUser user, string? normalizedName, CancellationToken token) =>
        throw ReadOnly();

    public Task<IdentityResult> CreateAsync(TUser user, CancellationToken token) => throw ReadOnly();

    public Task<IdentityResult> UpdateAsync(TUser user, CancellationToken token) => throw ReadOnly();

    public Task<IdentityResult> DeleteAsync(TUser user, CancellationToken token) => throw ReadOnly();

    public void Dispose() => GC.SuppressFinalize(this);

    private static NotSupportedException ReadOnly() => new("Accounts and passkeys are changed by their own service.");
}
