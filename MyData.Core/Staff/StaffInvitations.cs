using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using MyData.Core.Data;

namespace MyData.Core.Staff;

/// <summary>Who is invited, as what, until when.</summary>
/// <param name="Id">The member's, who may be none yet.</param>
/// <param name="Office">of a clerk</param>
public sealed record StaffInvitation(Guid Id, string Name, string Role, DateTimeOffset Until, string? Office = null)
{
    /// <summary>Whole milliseconds, as the database keeps them.</summary>
    [JsonIgnore]
    public DateTimeOffset MadeAt => (Until - StaffInvitations.Life).TrimToMilliseconds();
}

/// <summary>
/// Invitations are sealed and kept nowhere: whoever holds the key folder can make one beside the running portal, whose
/// database no second process may write. An invitation is good once: the member remembers which was the last
/// (<see cref="StaffMember.LinksAfter"/>).
/// </summary>
public sealed class StaffInvitations(PersonalDataVault vault, TimeProvider time)
{
    public const int LongestName = 60;

    /// <summary>How long an invitation is good.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromDays(1);

    private const string Purpose = "staff invitation";
    private const int IdLength = 16;

    /// <summary>For somebody new: base64url of id ‖ sealed name, role and end.</summary>
    public string Create(string name, string role, string? office = null) => Create(Ids.New(), name, role, office);

    /// <summary>For one more passkey of a member.</summary>
    public string Create(StaffEntry member) => Create(member.Id, member.Name, member.Role, member.Office);

    private string Create(Guid id, string name, string role, string? office)
    {
        var invitation = new StaffInvitation(id, name, role, time.GetUtcNow() + Life, office);
        var sealedText = vault.Seal(JsonSerializer.Serialize(invitation), Purpose, invitation.Id);
        return Base64Url.EncodeToString([.. invitation.Id.ToByteArray(), .. sealedText]);
    }

    /// <summary>Null for one that was not made here, was changed, or has run out.</summary>
    public StaffInvitation? Read(string? token)
    {
        if (token is not { Length: > 0 and < 1024 } || !Base64Url.IsValid(token))
            return null;
        var bytes = Base64Url.DecodeFromChars(token);
        if (bytes.Length <= IdLength)
            return null;
        try
        {
            var opened = vault.Open(bytes[IdLength..], Purpose, new Guid(bytes.AsSpan(0, IdLength)));
            var invitation = JsonSerializer.Deserialize<StaffInvitation>(opened);
            return invitation is { } read && time.GetUtcNow() < read.Until ? read : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
