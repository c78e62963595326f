using System.Security.Cryptography;
using System.Text.Json;
using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.OpenId;
using MyData.Core.Services;
using MyData.Core.Transfers;

namespace MyData.Core.Wire.ServiceSide;

/// <summary>What she decided after she had seen the packages.</summary>
public sealed record DecideNational
{
    public required RequestView View { get; init; }

    /// <summary>Made with the page: the same form sent twice is one decision.</summary>
    public required ConsentDraft Consent { get; init; }

    /// <summary>The packages that she saw, in the order of the consent's items.</summary>
    public required IReadOnlyList<Transfer> Packages { get; init; }

    /// <summary>What her browser built of them, and its key; null with a no.</summary>
    public WireUpload? Upload { get; init; }
    public string? Key { get; init; }

    public required AssuranceLevel Level { get; init; }
    public required DateTimeOffset AuthTime { get; init; }
}

/// <summary>
/// The second consent on the national wire: the key comes with her "agree", and stands sealed in the outbox until the service has fetched. Decision,
/// hand-over and outbox are one write.
/// </summary>
public sealed class NationalHandOver(
    NationalRequests national,
    ServiceRequests requests,
    WireUploads uploads,
    IWriter writer,
    PersonalDataVault vault,
    WireSettings settings
)
{
    private const int KeyLength = 32;

    /// <exception cref="ServiceException">wire.upload, service.package_gone, service.over; nothing was stored.</exception>
    public async Task DecideAsync(DecideNational request, CancellationToken token = default)
    {
        var id = request.View.Request.Id;
        var given = request.Consent.Decision == ConsentDecision.Given;
        if (given && !await IsWholeAsync(request, token))
            throw new ServiceException(WireCodes.Upload);
        var consent = national.Prepare(request.Consent);
        var secret = Seal(request.View, request.Key, unable: null);
        await writer.WriteAsync(
            scope =>
            {
                var until = scope.Now + settings.LongestTelling;
                var with = (request.Level, request.AuthTime, until);
                if (!national.HandOver(scope, id, consent, request.Packages, with) || !given)
                    return;
                scope.Db.Add(Delivery(scope, request.View, consent.Id, secret, request.Upload));
                WireUploads.Hold(scope, id, request.Upload!.Id, until + settings.TicketLife);
            },
            token
        );
    }

    /// <summary>Her no, or that it could not be had: then the service is told of what.</summary>
    /// <param name="unable">the ids; none where she said no</param>
    /// <exception cref="ServiceException">service.over.</exception>
    public Task<RequestView> DeclineAsync(
        Guid? citizenId,
        RequestView view,
        string code,
        IReadOnlyList<string> unable,
        CancellationToken token = default
    )
    {
        if (unable.Count == 0 || view.Request is not { FetchConsentId: { } consent })
            return requests.DeclineAsync(citizenId, view.Request.Id, code, token);
        var secret = Seal(view, key: null, unable);
        return requests.DeclineAsync(
            citizenId,
            view.Request.Id,
            code,
            scope => scope.Db.Add(Delivery(scope, view, consent, secret, upload: null)),
            token
        );
    }

    private async Task<bool> IsWholeAsync(DecideNational request, CancellationToken token) =>
        request is { Upload: { } upload, Key: { Length: KeyLength } key, View.Service.National: { } client }
        && key.All(char.IsAsciiLetterOrDigit)
        && await uploads.IsWholeAsync(request.View.Request.Id, upload, client.Cipher, token);

    private SealedSecret Seal(RequestView view, string? key, IReadOnlyList<string>? unable)
    {
        var secret = new WireSecret(view.Content.National!.TxId, NewTicket(), key, unable);
        return new(
            TransferTokens.HashOf(secret.Ticket),
            vault.Seal(JsonSerializer.Serialize(secret), WireDelivery.SecretPurpose, view.Request.Id)
        );
    }

    // RFC 9562 §5.4: all of it random, since whoever shows it is given the delivery.
    private static string NewTicket()
    {
        var bytes = RandomNumberGenerator.GetBytes(16);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }

    private static WireDelivery Delivery(
        WriteScope scope,
        RequestView view,
        Guid consentId,
        SealedSecret secret,
        WireUpload? upload
    ) =>
        new()
        {
            Id = view.Request.Id,
            CitizenId = view.Request.CitizenId!.Value,
            ConsentId = consentId,
            ServiceId = view.Service.Id,
            Upload = upload?.Id,
            Length = upload?.Length ?? 0,
            Digest = upload?.Digest,
            TicketHash = secret.TicketHash,
            Secret = secret.Bytes,
            CreatedAt = scope.Now,
            NextAttemptAt = scope.Now,
        };

    private sealed record SealedSecret(string TicketHash, byte[] Bytes);
}
