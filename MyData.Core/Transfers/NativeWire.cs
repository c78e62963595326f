using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using MyData.Core.Catalog;
using MyData.Core.Consent;
using MyData.Core.Encryption;
using MyData.Core.OpenId;

namespace MyData.Core.Transfers;

/// <summary>The native DP-API (protocols.md A2): the provider seals for her browser, the platform sees the head only.</summary>
public sealed class NativeWire(
    ProviderHttp http,
    TransferTokens tokens,
    PlatformClient platform,
    Relay relay,
    Consents consents,
    TransferSettings settings
) : IProviderWire
{
    private const string SealedType = "application/jose+json";

    public WireFormat Format => WireFormat.Native;

    public PreparedToken PrepareToken(TokenRequest request) => tokens.PrepareNative(request);

    public async Task<ProviderAnswer> CallAsync(ProviderCall call, byte[] request, CancellationToken token)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, call.Endpoint);
        message.Headers.Authorization = new AuthenticationHeaderValue("DPoP", call.Token.Value);
        message.Headers.Add("DPoP", platform.Proof("POST", call.Endpoint, call.Token.Value));
        message.Content = new ByteArrayContent(request);
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        return await http.SendAsync(
            message,
            (response, cancellation) => ReadAsync(call, response, cancellation),
            token
        );
    }

    private async Task<ProviderAnswer> ReadAsync(
        ProviderCall call,
        HttpResponseMessage response,
        CancellationToken token
    )
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.NoContent:
                return new ProviderAnswer.Empty();
            case HttpStatusCode.Accepted:
                return new ProviderAnswer.Preparing(http.RetryAfter(response));
            case not HttpStatusCode.OK:
                throw new TransferException(
                    TransferCodes.Error,
                    "The provider answered what this protocol does not know."
                );
        }
        if (response.Content.Headers.ContentType?.MediaType != SealedType)
            throw new TransferException(TransferCodes.WrongType, "The answer is not a sealed package.");
        await using var body = await http.BodyAsync(response, settings.LargestSealedPackage, token);
        using var digest = SHA256.Create();
        await using var hashed = new CryptoStream(body, digest, CryptoStreamMode.Read, leaveOpen: true);
        var stored = await relay.StoreAsync(call.Transfer.Id, hashed, head => Check(head, call), token);
        return stored with { Digest = digest.Hash };
    }

    /// <summary>What can be checked without opening: it is for this transfer, person, data set and key.</summary>
    private static void Check(SealedPackageHead head, ProviderCall call)
    {
        if (head.Sub != call.Token.Row.Subject)
            throw new TransferException(TransferCodes.OtherPerson, "The package names another subject.");
        if (head.Transfer != call.Transfer.Id.ToString() || head.DataSet != call.DataSet.Id)
            throw new TransferException(TransferCodes.OtherTransfer, "The package names another transfer or data set.");
        if (head.Recipients is not [var only] || only.Kid != KidOf(call.Transfer))
            throw new TransferException(
                TransferCodes.Malformed,
                "The package is not sealed for its one recipient alone."
            );
    }

    // A service's key has the name that it registered.
    private static string KidOf(Transfer transfer)
    {
        var key = Jwk.Parse(transfer.RecipientJwk);
        return transfer.ForService is null ? key.Thumbprint() : key.Kid!;
    }

    /// <summary>The body (protocols.md A2).</summary>
    public byte[] Write(ProviderCall call) =>
        JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                transfer_id = call.Transfer.Id,
                dataset = call.DataSet.Id,
                schema_version = call.Transfer.SchemaVersion,
                fields = call.Item.Fields,
                parameters = call.Item.Parameters,
                recipients = new[]
                {
                    new
                    {
                        role = call.Transfer.ForService is null ? "citizen" : "service",
                        kid = KidOf(call.Transfer),
                        jwk = JsonSerializer.Deserialize<JsonElement>(call.Transfer.RecipientJwk),
                    },
                },
                consent_receipt = consents.ReceiptFor(call.Consent, call.DataSet.Id),
            }
        );
}
