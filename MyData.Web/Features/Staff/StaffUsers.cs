using MyData.Core.Citizens;
using MyData.Core.Staff;
using MyData.Web.Features.SignIn;

namespace MyData.Web.Features.Staff;

/// <summary>A member of staff, as the framework's passkey handler knows her.</summary>
/// <param name="Id">The member's: the user handle inside her authenticator.</param>
public sealed record StaffUser(Guid Id);

/// <summary>The staff's passkeys for the framework's handler; a citizen's are not among them.</summary>
public sealed class StaffUsers(StaffMembers members) : ReadOnlyPasskeys<StaffUser>
{
    protected override StaffUser User(Guid id) => new(id);

    protected override Guid Id(StaffUser user) => user.Id;

    protected override async Task<bool> IsThereAsync(Guid id, CancellationToken cancellationToken) =>
        await members.FindAsync(id, cancellationToken) is { LeftAt: null };

    protected override async Task<PasskeyRecord?> RecordAsync(byte[] credentialId, CancellationToken token) =>
        await members.FindPasskeyAsync(credentialId, token);

    protected override async Task<IReadOnlyList<PasskeyRecord>> RecordsAsync(Guid id, CancellationToken token) =>
        await members.PasskeysAsync(id, token);
}
