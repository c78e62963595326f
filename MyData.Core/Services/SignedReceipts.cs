using System.Text.Json;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.OpenId;

namespace MyData.Core.Services;

/// <summary>
/// A service's signed word about one package (protocols.md A5): a JWS by one of its registered keys of <c>iss</c> (the service),
/// <c>aud</c> (the platform), <c>iat</c>, <c>transfer</c> and <c>seal</c> (digest in lower-case hexadecimal), and what the kind of receipt adds.
/// </summary>
public sealed class SignedReceipts(
    ClientAssertions assertions,
    IServiceKeys serviceKeys,
    IIssuer issuer,
    TimeProvider time
)
{
    private const int MostCharacters = 8 * 1024;

    /// <summary>Before <see cref="Read"/>: a key that the service has made since is learnt.</summary>
    internal Task LearnAsync(OnlineServiceListing service, string receipt, CancellationToken token) =>
        serviceKeys.LearnAsync(service, receipt, token);

    /// <returns>Its claims.</returns>
    /// <exception cref="OpenIdException">invalid_request with this code.</exception>
    internal JsonElement Read(OnlineServiceListing service, Guid transferId, string receipt, string type, string code)
    {
        var claims = Verified(service, receipt, type, code);
        Require(ClientAssertions.Text(claims, "iss") == service.Id, "iss", code);
        Require(ClientAssertions.Text(claims, "aud") == issuer.Value, "aud", code);
        Require(ClientAssertions.Text(claims, "transfer") == transferId.ToString("D"), "transfer", code);
        var age = time.GetUtcNow() - Time(claims, "iat", code);
        Require(age.Duration() <= ClientAssertions.Longest, "iat", code);
        return claims;
    }

    /// <summary>The seal that it names, as its service has it: lower-case hexadecimal.</summary>
    internal static string Seal(JsonElement claims, string code)
    {
        var seal = ClientAssertions.Text(claims, "seal");
        Require(seal is { Length: 64 } && seal.All(char.IsAsciiHexDigitLower), "seal", code);
        return seal!;
    }

    internal static DateTimeOffset Time(JsonElement claims, string name, string code) =>
        ClientAssertions.Time(claims, name) ?? throw Refused(name, code);

    internal static void Require(bool holds, string what, string code)
    {
        if (!holds)
            throw Refused(what, code);
    }

    private JsonElement Verified(OnlineServiceListing service, string receipt, string type, string code)
    {
        Require(receipt.Length <= MostCharacters, "too long", code);
        try
        {
            var keys = serviceKeys.Of(service).Select(assertions.Key).ToList();
            var verified = Jws.Verify(receipt, keys, JoseNames.SignatureAlgs, type);
            return StrictJson.ParseObject(verified.Payload, code);
        }
        catch (EncryptionException refused)
        {
            throw Refused(refused.Code, code);
        }
    }

    private static OpenIdException Refused(string what, string code) =>
        OpenIdException.InvalidRequest($"The receipt is not taken: {what}.", code);
}
