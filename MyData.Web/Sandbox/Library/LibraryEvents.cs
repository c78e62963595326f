using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Agencies;

namespace MyData.Web.Sandbox.Library;

/// <summary>The library is told that the portal signs a reader in no more (RFC 8935): it checks who tells it, and signs her out.</summary>
public sealed class LibraryEvents(PortalClient portal, LibraryVisits visits)
{
    public const string Path = "/events";

    private const string MediaType = "application/secevent+jwt";
    private const int Largest = 16 * 1024;

    /// <summary>RFC 8935 §2: 202 where it was taken, 400 with why not.</summary>
    public async Task<IResult> TakeAsync(HttpContext http)
    {
        if (http.Request.ContentType != MediaType || http.Request.ContentLength is null or > Largest)
            return Refused("invalid_request");
        using var reader = new StreamReader(http.Request.Body);
        var token = await reader.ReadToEndAsync(http.RequestAborted);
        try
        {
            if (await ReadAsync(token, http.RequestAborted) is { } subject)
                visits.EndOf(subject);
            return Results.StatusCode(StatusCodes.Status202Accepted);
        }
        catch (Exception wrong) when (wrong is EncryptionException or JsonException or KeyNotFoundException)
        {
            return Refused("invalid_key");
        }
    }

    /// <summary>Whom it is about; null where it tells of something that is none of the library's.</summary>
    private async Task<string?> ReadAsync(string token, CancellationToken ct)
    {
        var header = Jws.PeekHeader(token);
        var known = await portal.KnowAsync(header.TryGetProperty("kid", out var kid) ? kid.GetString() : null, ct);
        var verified = Jws.Verify(token, known.Keys, JoseNames.SignatureAlgs, "secevent+jwt");
        using var json = JsonDocument.Parse(verified.Payload);
        var claims = json.RootElement;
        if (
            claims.GetProperty("iss").GetString() != known.Issuer
            || claims.GetProperty("aud").GetString() != LibraryListing.Id
        )
            throw new KeyNotFoundException("Not for us.");
        return claims.GetProperty("events").TryGetProperty($"{known.Issuer}/events/sign-in-revoked", out _)
            ? claims.GetProperty("sub_id").GetProperty("sub").GetString()
            : null;
    }

    private static IResult Refused(string error) =>
        Results.Json(new { err = error }, statusCode: StatusCodes.Status400BadRequest);
}
