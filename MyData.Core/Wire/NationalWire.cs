using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using MyData.Core.Catalog;
using MyData.Core.OpenId;
using MyData.Core.Transfers;

namespace MyData.Core.Wire;

/// <summary>
/// The national wire's provider side (protocols.md B1): a plain ZIP with the provider's signature, checked and sealed on
/// arrival, in memory, never on disk. Its weak spots (bearer token, plain package) stay in this folder.
/// </summary>
public sealed class NationalWire(
    ProviderHttp http,
    TransferTokens tokens,
    SealOnArrival sealing,
    TransferSettings settings
) : IProviderWire, IDisposable
{
    /// <summary>The authorization server's id in the header, as agencies expect it in production.</summary>
    private const string ServerId = "mydata";
    private const string Transaction = "transaction_uid";
    private const string ZipType = "application/zip";

    private readonly PlainSlots _slots = new(settings.SealedOnArrivalPerProvider, settings.SealedOnArrivalAtOnce);

    public WireFormat Format => WireFormat.National;

    public PreparedToken PrepareToken(TokenRequest request) => tokens.PrepareNational(request);

    /// <summary>There is no body: the headers but the token's, as a JSON object.</summary>
    public byte[] Write(ProviderCall call) =>
        JsonSerializer.SerializeToUtf8Bytes(
            call.Item.Parameters.Prepend(new(Transaction, call.Transfer.Id.ToString()))
                .ToDictionary(StringComparer.Ordinal)
        );

    public async Task<ProviderAnswer> CallAsync(ProviderCall call, byte[] request, CancellationToken token)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, call.Endpoint);
        message.Headers.TryAddWithoutValidation("Authorization", $"Bearer {ServerId}::{call.Token.Value}");
        foreach (var (name, value) in JsonSerializer.Deserialize<Dictionary<string, string>>(request)!)
            message.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(
            message,
            (response, cancellation) => ReadAsync(call, response, cancellation),
            token,
            async response =>
                response.StatusCode == HttpStatusCode.OK ? await _slots.TakeAsync(call.Provider.Id, token) : null
        );
    }

    public void Dispose() => _slots.Dispose();

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
            case HttpStatusCode.TooManyRequests:
                return new ProviderAnswer.Preparing(http.RetryAfter(response));
            case not HttpStatusCode.OK:
                throw new TransferException(
                    TransferCodes.Error,
                    "The provider answered what this protocol does not know."
                );
        }
        if (response.Content.Headers.ContentType?.MediaType != ZipType)
            throw new TransferException(TransferCodes.WrongType, "The answer is not a ZIP.");
        await using var body = await http.BodyAsync(response, settings.LargestPlainPackage, token);
        using var zip = new PlainBytes(response.Content.Headers.ContentLength);
        await zip.ReadAsync(body, token);
        return await sealing.SealAsync(call, zip.Content, token) with { Digest = SHA256.HashData(zip.Content.Span) };
    }
}
