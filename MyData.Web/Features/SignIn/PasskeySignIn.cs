using System.Buffers.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Mvc;
using MyData.Core.Citizens;

namespace MyData.Web.Features.SignIn;

/// <summary>Proof by a passkey: no name is asked for, the challenge is kept and used up on the server.</summary>
public sealed class PasskeySignIn(
    IPasskeyHandler<PasskeyUser> handler,
    Passkeys passkeys,
    IdentityChecks checks,
    SignInChecks running,
    Challenges challenges,
    Visitor visitor,
    SignInAnswer answer
)
{
    public const string Refused = "passkey.refused";
    public const string Copied = "passkey.counter";

    private const int LongestCredential = 16 * 1024;
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(5);

    /// <summary>The options for <c>navigator.credentials.get</c>, as JSON.</summary>
    public async Task<IResult> OptionsAsync(HttpContext context, [FromForm] string? back, [FromForm] string? level)
    {
        var cookie = await running.BeginAsync(context, back, SignInChecks.Level(level));
        if (await checks.FindAsync(cookie, context.RequestAborted) is not { } check)
            return Results.StatusCode(StatusCodes.Status409Conflict);
        var options = await handler.MakeRequestOptionsAsync(user: null, context);
        await challenges.PutAsync(Owner(check.Id), options.AssertionState!, Life, context.RequestAborted);
        return Results.Text(options.RequestOptionsJson, "application/json");
    }

    public async Task<IResult> PostAsync(HttpContext context, [FromForm] string? credential)
    {
        var cookie = SessionCookie.ReadCheck(context);
        if (await checks.FindAsync(cookie, context.RequestAborted) is not { } check)
            return SignInAnswer.See(SignInUrls.Problem(IdentityChecks.Gone));
        if (await challenges.TakeAsync(Owner(check.Id), context.RequestAborted) is not { } state)
            return SignInAnswer.See(SignInUrls.Problem(IdentityChecks.Gone));
        var (passkey, code) = await AssertAsync(context, credential, state);
        var origin = visitor.Origin(context);
        if (passkey is null)
        {
            var whose = await OwnerAsync(credential, context.RequestAborted);
            await checks.RefusedAsync(IdentityMethod.Passkey, whose, code, origin, context.RequestAborted);
            return SignInAnswer.See(SignInUrls.Problem(code));
        }
        var proof = new IdentityProof
        {
            Method = IdentityMethod.Passkey,
            Level = passkey.Level,
            CitizenId = passkey.CitizenId,
        };
        var result = await checks.ProveAsync(cookie, proof, origin, context.RequestAborted);
        return SignInAnswer.See(answer.Apply(context, result, proof.Method.Code));
    }

    private async Task<(PasskeyProof? Passkey, string Code)> AssertAsync(
        HttpContext context,
        string? credential,
        string state
    )
    {
        if (credential is not { Length: > 0 and <= LongestCredential })
            return (null, Refused);
        var assertion = await handler.PerformAssertionAsync(
            new()
            {
                HttpContext = context,
                CredentialJson = credential,
                AssertionState = state,
            }
        );
        if (!assertion.Succeeded)
            return (null, Refused);
        var used = assertion.Passkey;
        var proof = await passkeys.UsedAsync(
            used.CredentialId,
            used.SignCount,
            used.IsBackedUp,
            context.RequestAborted
        );
        return (proof, Copied);
    }

    // Somebody used a key of hers and failed, a copy perhaps: she is told. Nobody guesses a credential's id.
    private async Task<Guid?> OwnerAsync(string? credential, CancellationToken cancellationToken)
    {
        try
        {
            using var json = JsonDocument.Parse(credential ?? "");
            var id = Base64Url.DecodeFromChars(json.RootElement.GetProperty("id").GetString());
            return await passkeys.OwnerAsync(id, cancellationToken);
        }
        catch (Exception malformed)
            when (malformed is JsonException or FormatException or KeyNotFoundException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Owner(Guid checkId) => $"passkey:{checkId:N}";
}
