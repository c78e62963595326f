using System.Text;
using Microsoft.AspNetCore.Identity;
using MyData.Core.Citizens;
using MyData.Web.Features.SignIn;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Account;

/// <summary>A new passkey for whoever is signed in: the challenge is her session's, kept and used up on the server.</summary>
public sealed class PasskeyAdding(
    IPasskeyHandler<PasskeyUser> handler,
    CitizenAccounts accounts,
    Passkeys passkeys,
    Challenges challenges,
    FreshSignIn fresh
)
{
    public const string Refused = "passkey.not_added";

    private const int LongestCredential = 64 * 1024;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>The options for <c>navigator.credentials.create</c>, as JSON.</summary>
    public async Task<IResult> OptionsAsync(HttpContext context)
    {
        if (!fresh.Is(context))
            return Results.StatusCode(StatusCodes.Status403Forbidden);
        var citizen = context.User.GetCitizenId();
        var name = (await accounts.IdentityAsync(citizen, context.RequestAborted)).Name;
        var options = await handler.MakeCreationOptionsAsync(
            new()
            {
                Id = citizen.ToString("N"),
                Name = name,
                DisplayName = name,
            },
            context
        );
        await challenges.PutAsync(Owner(context), options.AttestationState!, Life, context.RequestAborted);
        return Results.Text(options.CreationOptionsJson, "application/json");
    }

    public async Task<bool> AddAsync(HttpContext context, string? credential, string? name)
    {
        var state = await challenges.TakeAsync(Owner(context), context.RequestAborted);
        if (state is null || credential is not { Length: > 0 and <= LongestCredential } || !fresh.Is(context))
            return false;
        var made = await handler.PerformAttestationAsync(
            new()
            {
                HttpContext = context,
                CredentialJson = credential,
                AttestationState = state,
            }
        );
        if (!made.Succeeded || made.UserEntity.Id != context.User.GetCitizenId().ToString("N"))
            return false;
        return await passkeys.AddAsync(
            new()
            {
                CitizenId = context.User.GetCitizenId(),
                SessionId = context.User.GetSessionId(),
                SessionLevel = context.User.GetLevel(),
                Name = Clean(name) ?? DeviceNames.Of(context.Request.Headers.UserAgent.ToString()),
                Credential = made.Passkey.Made(),
            },
            context.RequestAborted
        );
    }

    /// <summary>A name as she typed it, without control characters, cut to what fits; null where nothing is left.</summary>
    public static string? Clean(string? name)
    {
        var text = new StringBuilder();
        foreach (var rune in (name ?? "").Trim().EnumerateRunes())
        {
            if (text.Length + rune.Utf16SequenceLength > Passkeys.LongestName)
                break;
            if (!Rune.IsControl(rune))
                text.Append(rune.ToString());
        }
        return text.ToString().Trim() is { Length: > 0 } clean ? clean : null;
    }

    private static string Owner(HttpContext context) => $"passkey-add:{context.User.GetSessionId():N}";
}
