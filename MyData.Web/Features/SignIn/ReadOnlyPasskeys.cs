using Microsoft.AspNetCore.Identity;
using MyData.Core.Citizens;

namespace MyData.Web.Features.SignIn;

/// <summary>
/// Lets the framework's passkey handler read accounts and passkeys of one kind of people. It only reads: every change goes
/// through their own service, in one write with its event.
/// </summary>
public abstract class ReadOnlyPasskeys<TUser> : IUserPasskeyStore<TUser>
    where TUser : class
{
    public async Task<TUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParseExact(userId, "N", out var id) && await IsThereAsync(id, cancellationToken) ? User(id) : null;

    public async Task<TUser?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await RecordAsync(credentialId, cancellationToken) is { OwnerId: var id }
        && await IsThereAsync(id, cancellationToken)
            ? User(id)
            : null;

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(
        TUser user,
        byte[] credentialId,
        CancellationToken cancellationToken
    ) =>
        await RecordAsync(credentialId, cancellationToken) is { } passkey && passkey.OwnerId == Id(user)
            ? passkey.Info()
            : null;

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(TUser user, CancellationToken cancellationToken) =>
        [.. (await RecordsAsync(Id(user), cancellationToken)).Select(passkey => passkey.Info())];

    public Task<string> GetUserIdAsync(TUser user, CancellationToken cancellationToken) =>
        Task.FromResult(Id(user).ToString("N"));

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

    protected abstract TUser User(Guid id);

    protected abstract Guid Id(TUser user);

    protected abstract Task<bool> IsThereAsync(Guid id, CancellationToken cancellationToken);

    protected abstract Task<PasskeyRecord?> RecordAsync(byte[] credentialId, CancellationToken cancellationToken);

    protected abstract Task<IReadOnlyList<PasskeyRecord>> RecordsAsync(Guid id, CancellationToken cancellationToken);

    private static NotSupportedException ReadOnly() => new("Accounts and passkeys are changed by their own service.");
}
