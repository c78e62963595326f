using Microsoft.AspNetCore.Identity;
using MyData.Core.Citizens;

namespace MyData.Web.Features.SignIn;

/// <summary>Passkeys between our own records and the framework's, whoever's they are.</summary>
public static class PasskeyRecords
{
    public static NewCredential Made(this UserPasskeyInfo passkey) =>
        new()
        {
            CredentialId = passkey.CredentialId,
            PublicKey = passkey.PublicKey,
            SignCount = passkey.SignCount,
            Transports = passkey.Transports ?? [],
            IsBackupEligible = passkey.IsBackupEligible,
            IsBackedUp = passkey.IsBackedUp,
        };

    public static UserPasskeyInfo Info(this PasskeyRecord passkey) =>
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
