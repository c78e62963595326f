using System.Formats.Cbor;
using Microsoft.AspNetCore.Identity;
using MyData.Web.Hosting;

namespace MyData.Web.Features.SignIn;

/// <summary>
/// What the portal asks of a passkey beyond the framework's defaults: user verification always, this origin alone, two
/// algorithms, and no attestation statement, since nothing here would check one (WebAuthn Level 3 §7.1).
/// </summary>
public static class PasskeyRules
{
    // COSE algorithms (RFC 9053): ES256, RS256.
    private static readonly int[] Algorithms = [-7, -257];

    public static void Configure(IdentityPasskeyOptions options, MyDataSettings settings)
    {
        options.UserVerificationRequirement = "required";
        options.ResidentKeyRequirement = "required";
        options.AttestationConveyancePreference = "none";
        options.AuthenticatorTimeout = TimeSpan.FromMinutes(2);
        options.ChallengeSize = 32;
        options.IsAllowedAlgorithm = algorithm => Algorithms.Contains(algorithm);
        options.ServerDomain = settings.Origin.Length > 0 ? new Uri(settings.Origin).Host : null;
        options.ValidateOrigin = context => ValueTask.FromResult(IsOurs(context, settings));
        options.VerifyAttestationStatement = context => ValueTask.FromResult(HasNoStatement(context.AttestationObject));
    }

    // A frame inside somebody's page, or inside ours, is not where she signs in.
    private static bool IsOurs(PasskeyOriginValidationContext context, MyDataSettings settings)
    {
        var request = context.HttpContext.Request;
        var own = settings.Origin.Length > 0 ? settings.Origin.TrimEnd('/') : $"{request.Scheme}://{request.Host}";
        return !context.CrossOrigin
            && string.IsNullOrEmpty(context.TopOrigin)
            && string.Equals(context.Origin, own, StringComparison.Ordinal);
    }

    /// <summary>Format <c>none</c> with an empty statement (§8.7).</summary>
    public static bool HasNoStatement(ReadOnlyMemory<byte> attestationObject)
    {
        try
        {
            var reader = new CborReader(attestationObject, CborConformanceMode.Ctap2Canonical);
            var (format, statement) = (false, false);
            for (var entries = reader.ReadStartMap(); entries > 0; entries--)
                switch (reader.ReadTextString())
                {
                    case "fmt":
                        format = reader.ReadTextString() == "none";
                        break;
                    case "attStmt":
                        statement = reader.ReadStartMap() == 0;
                        if (statement)
                            reader.ReadEndMap();
                        else
                            return false;
                        break;
                    default:
                        reader.SkipValue();
                        break;
                }
            return format && statement;
        }
        catch (Exception failure) when (failure is CborContentException or InvalidOperationException)
        {
            return false;
        }
    }
}
