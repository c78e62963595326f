using Microsoft.AspNetCore.Identity;
using MyData.Core.Citizens;

namespace MyData.Web.Features.SignIn;

/// <summary>A citizen, as the framework's passkey handler knows her.</summary>
public sealed class PasskeyUser
{
    /// <summary>The account's id: the user handle inside her authenticator.</summary>
    public required string Id { get; init; }
}

/// <summary>Citizens' passkeys for the framework's handler.</summary>
public sealed class PasskeyUsers(CitizenAccounts accounts, Passkeys passkeys) : ReadOnlyPasskeys<PasskeyUser>
{
    public override async Task<PasskeyUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParseExact(userId, "N", out var id) && await accounts.ExistsAsync(id, cancellationToken)
            ? new PasskeyUser { Id = userId }
            : null;

    public override async Task<PasskeyUser?> FindByPasskeyIdAsync(
        byte[] credentialId,
        CancellationToken cancellationToken
    ) =>
        await passkeys.FindAsync(credentialId, cancellationToken) is { } passkey
            ? await FindByIdAsync(passkey.CitizenId.ToString("N"), cancellationToken)
            : null;

    public override async Task<UserPasskeyInfo?> FindPasskeyAsync(
        PasskeyUser user,
        byte[] credentialId,
        CancellationToken cancellationToken
    ) =>
        await passkeys.FindAsync(credentialId, cancellationToken) is { } passkey
        && passkey.CitizenId.ToString("N") == user.Id
            ? Info(passkey)
            : null;

    public override async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(
        PasskeyUser user,
        CancellationToken cancellationToken
    )
    {
        var all = await passkeys.AllAsync(Guid.ParseExact(user.Id, "N"), cancellationToken);
        return [.. all.Select(Info)];
    }

    public override Task<string> GetUserIdAsync(PasskeyUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.Id);

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
