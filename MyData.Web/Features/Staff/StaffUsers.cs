using Microsoft.AspNetCore.Identity;
using MyData.Core.Staff;
using MyData.Web.Features.SignIn;

namespace MyData.Web.Features.Staff;

/// <summary>A member of staff, as the framework's passkey handler knows her.</summary>
public sealed class StaffUser
{
    /// <summary>The member's id: the user handle inside her authenticator.</summary>
    public required string Id { get; init; }
}

/// <summary>The staff's passkeys for the framework's handler; a citizen's are not among them.</summary>
public sealed class StaffUsers(StaffMembers members) : ReadOnlyPasskeys<StaffUser>
{
    public override async Task<StaffUser?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParseExact(userId, "N", out var id) && await members.FindAsync(id, cancellationToken) is not null
            ? new StaffUser { Id = userId }
            : null;

    public override async Task<StaffUser?> FindByPasskeyIdAsync(
        byte[] credentialId,
        CancellationToken cancellationToken
    ) =>
        await members.FindPasskeyAsync(credentialId, cancellationToken) is { } passkey
            ? new StaffUser { Id = passkey.StaffId.ToString("N") }
            : null;

    public override async Task<UserPasskeyInfo?> FindPasskeyAsync(
        StaffUser user,
        byte[] credentialId,
        CancellationToken cancellationToken
    ) =>
        await members.FindPasskeyAsync(credentialId, cancellationToken) is { } passkey
        && passkey.StaffId.ToString("N") == user.Id
            ? Info(passkey)
            : null;

    public override async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(
        StaffUser user,
        CancellationToken cancellationToken
    ) => [.. (await members.PasskeysAsync(Guid.ParseExact(user.Id, "N"), cancellationToken)).Select(Info)];

    public override Task<string> GetUserIdAsync(StaffUser user, CancellationToken cancellationToken) =>
        Task.FromResult(user.Id);

    private static UserPasskeyInfo Info(StaffPasskey passkey) =>
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
