using System.Net;
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
    private const string ZipType = "application/zip";

    private readonly PlainSlots _slots = new(settings.SealedOnArrivalPerProvider, settings.SealedOnArrivalAtOnce);

    public WireFormat Format => WireFormat.National;

    public PreparedToken PrepareToken(TokenRequest request) => tokens.PrepareNational(request);

    public async Task<ProviderAnswer> CallAsync(ProviderCall call, CancellationToken token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, call.Endpoint);
        request.Headers.TryAddWithoutValidation("Authorization", $"Bearer {ServerId}::{call.Token.Value}");
        request.Headers.Add("transaction_uid", call.Transfer.Id.ToString());
        foreach (var (name, value) in call.Item.Parameters)
            request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(
            request,
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
        return await sealing.SealAsync(call, zip.Content, token);
    }
}
