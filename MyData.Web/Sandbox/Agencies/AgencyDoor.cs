using System.Text.Json;
using Microsoft.AspNetCore.Http.Extensions;
using MyData.Core.Consent;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Keys;
using MyData.Web.Sandbox.Misbehaving;
using MyData.Web.Sandbox.Personas;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>
/// Who may come in on the native wire (protocols.md A2): checks in this order, each with its code, and then the subject from
/// user info and from nowhere else.
/// </summary>
public sealed class AgencyDoor(PortalClient portal, SandboxKeys keys, DpopProof dpop, TimeProvider clock)
{
    /// <exception cref="AgencyRefusal">401, 403, 400 or 422.</exception>
    /// <exception cref="HttpRequestException">The portal does not answer.</exception>
    /// <returns>Null where the agency knows nobody of this number.</returns>
    public async Task<AgencyJob?> AdmitAsync(
        HttpContext http,
        SandboxAgency agency,
        SandboxDataSet dataSet,
        CancellationToken ct
    )
    {
        var url = http.Request.GetEncodedUrl();
        var token = Token(http.Request);
        var boundTo = dpop.Check(Proof(http.Request), http.Request.Method, url, token);
        var request = await NativeRequest.ReadAsync(http.Request, ct);
        var own = keys.Agency(agency.Id);
        var facts =
            await portal.IntrospectAsync(agency.ClientId, own, token, ct)
            ?? throw AgencyRefusal.Token("token.inactive", "The token is not active.");
        var known = await portal.KnowAsync(null, ct);

        CheckIssuer(facts, known.Issuer);
        CheckAudience(facts, agency, url);
        CheckTime(facts);
        CheckBinding(facts, boundTo);
        CheckTransfer(facts, request);
        CheckDataSet(facts, request, dataSet);
        CheckLevel(facts, dataSet);
        var receipt = await CheckConsentAsync(request, ct);
        var recipients = request.Keys();
        RecipientCheck.Check(recipients, receipt, clock.GetUtcNow());
        var parameters = ParameterCheck.Check(dataSet, request.Parameters);

        var subject =
            await portal.UserInfoAsync(agency.ClientId, own, token, ct)
            ?? throw AgencyRefusal.Token("subject.unknown", "The portal names nobody.");
        if (subject.Subject != facts.Subject)
            throw AgencyRefusal.Token("subject.differs", "Token and user info are about different people.");
        if (SandboxPersonas.Find(subject.Id) is not { } persona)
            return null;
        return new AgencyJob
        {
            Http = http,
            Agency = agency,
            DataSet = dataSet,
            Keys = own,
            Persona = persona,
            Subject = facts.Subject,
            Transfer = request.TransferId,
            Parameters = parameters,
            Fields = request.Fields,
            Recipients = recipients,
            Now = clock.GetUtcNow(),
            Purpose = PurposeOf(receipt) ?? AgencyJob.AnyPurpose,
        };
    }

    private static string Token(HttpRequest request) =>
        request.Headers.Authorization is [{ } value] && value.StartsWith("DPoP ", StringComparison.OrdinalIgnoreCase)
            ? value[5..].Trim()
            : throw AgencyRefusal.Token("token.missing", "A token bound to a key is wanted.");

    private static string Proof(HttpRequest request) =>
        request.Headers["DPoP"] is [{ } value]
            ? value
            : throw AgencyRefusal.Token("dpop.missing", "One proof is wanted.");

    private static void CheckIssuer(TokenFacts facts, string issuer)
    {
        if (facts.Issuer != issuer)
            throw AgencyRefusal.Token("token.issuer", "The token is of another issuer.");
    }

    private static void CheckAudience(TokenFacts facts, SandboxAgency agency, string url)
    {
        if (!facts.Audiences.Contains(agency.ClientId) && !facts.Audiences.Contains(url))
            throw AgencyRefusal.Token("token.audience", "The token is for another agency.");
    }

    private void CheckTime(TokenFacts facts)
    {
        if (facts.Expires is not { } expires || expires <= clock.GetUtcNow())
            throw AgencyRefusal.Token("token.expired", "The token has run out.");
    }

    // RFC 9449 §6: the proof shows the key that the token names
    private static void CheckBinding(TokenFacts facts, string boundTo)
    {
        if (facts.BoundTo != boundTo)
            throw AgencyRefusal.Token("token.binding", "The token belongs to another key.");
    }

    private static void CheckTransfer(TokenFacts facts, NativeRequest request)
    {
        if (facts.Transfer != request.TransferId)
            throw AgencyRefusal.Token("token.transfer", "The token is for another transfer.");
    }

    private static void CheckDataSet(TokenFacts facts, NativeRequest request, SandboxDataSet dataSet)
    {
        if (request.Dataset != dataSet.Id || request.SchemaVersion != dataSet.SchemaVersion)
            throw AgencyRefusal.Wrong("request.dataset", "This address serves another data set or version.");
        if (facts.DataSets is { } granted && !granted.Contains(dataSet.Id))
            throw AgencyRefusal.Token("token.dataset", "The token is for another data set.");
    }

    // RFC 9470 §3
    private static void CheckLevel(TokenFacts facts, SandboxDataSet dataSet)
    {
        if (facts.Level < dataSet.Level)
        {
            throw new AgencyRefusal(StatusCodes.Status401Unauthorized, "token.level", "A stronger sign-in is wanted.")
            {
                AcrValues = dataSet.Level.ToString(),
            };
        }
    }

    // What she agreed for.
    private async Task<JsonElement> CheckConsentAsync(NativeRequest request, CancellationToken ct)
    {
        try
        {
            var kid = TokenFacts.Text(Jws.PeekHeader(request.ConsentReceipt), "kid");
            var known = await portal.KnowAsync(kid, ct);
            return ReceiptCheck.Verify(request.ConsentReceipt, known.Keys);
        }
        catch (EncryptionException error)
        {
            throw AgencyRefusal.Consent(
                "consent.signature",
                $"The consent receipt is not the portal's ({error.Code})."
            );
        }
    }

    private static string? PurposeOf(JsonElement receipt) =>
        receipt.TryGetProperty("pii_processing", out var processing)
        && processing.TryGetProperty("purposes", out var purposes)
        && purposes.ValueKind == JsonValueKind.Array
        && purposes.GetArrayLength() > 0
        && purposes[0].TryGetProperty("purpose", out var purpose)
            ? purpose.GetString()
            : null;
}
