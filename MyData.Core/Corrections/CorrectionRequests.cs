using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using MyData.Core.Catalog;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Events;
using MyData.Core.Transfers;

namespace MyData.Core.Corrections;

/// <summary>What her browser sends when she says that a value is wrong.</summary>
public sealed record AskCorrection
{
    public required Guid Id { get; init; }
    public required Guid CitizenId { get; init; }
    public required Guid TransferId { get; init; }
    public required string Field { get; init; }

    /// <summary>JWE compact for the agency.</summary>
    public required string Sealed { get; init; }
}

/// <summary>The citizen's side of corrections: the platform learns which field, and nothing of the value or her words.</summary>
public sealed class CorrectionRequests(
    Claims claims,
    Consents consents,
    Catalogue catalogue,
    IDbContextFactory<MyDataDb> databases,
    IWriter writer,
    CorrectionSettings settings,
    TimeProvider time
)
{
    /// <summary>Characters of a sealed request: a value and some hundred words.</summary>
    public const int Longest = 16 * 1024;

    /// <summary>The most that her page shows.</summary>
    public const int MostShown = 200;

    private const int Parts = 5;

    /// <exception cref="CorrectionException">Nothing was stored.</exception>
    public async Task AskAsync(AskCorrection request, CancellationToken token = default)
    {
        if (!IsSealed(request.Sealed))
            throw new CorrectionException(CorrectionException.Malformed);
        var transfer = await FindAsync(request, token) ?? throw new CorrectionException(CorrectionException.Unknown);
        await writer.WriteAsync(
            scope =>
            {
                var hers = scope.Db.Set<Correction>().Where(c => c.CitizenId == request.CitizenId);
                if (scope.Db.Set<Correction>().Any(c => c.Id == request.Id))
                    return;
                var dayAgo = scope.Now.AddDays(-1);
                if (hers.Count(c => c.AskedAt > dayAgo) >= settings.ADay)
                    throw new CorrectionException(CorrectionException.TooMany);
                var correction = new Correction
                {
                    Id = request.Id,
                    CitizenId = request.CitizenId,
                    TransferId = transfer.Id,
                    ConsentId = transfer.ConsentId,
                    DataSetId = transfer.DataSetId,
                    ProviderId = transfer.ProviderId,
                    Field = request.Field,
                    Sealed = request.Sealed,
                    AskedAt = scope.Now,
                    DueAt = scope.Now + settings.AnswerTime,
                };
                scope.Db.Add(correction);
                scope.Raise(Happened(EventKinds.CorrectionAsked, "citizen", correction));
            },
            token
        );
    }

    /// <summary>Hers, the newest first.</summary>
    public async Task<IReadOnlyList<Correction>> ListAsync(Guid citizenId, CancellationToken token = default)
    {
        await using var db = await databases.CreateDbContextAsync(token);
        return await db.Set<Correction>()
            .AsNoTracking()
            .Where(c => c.CitizenId == citizenId)
            .OrderByDescending(c => c.AskedAt)
            .Take(MostShown)
            .ToListAsync(token);
    }

    /// <summary>Whether its answer is due, and did not come.</summary>
    public bool IsOverdue(Correction correction) =>
        correction.AnsweredAt is null && correction.DueAt <= time.GetUtcNow();

    internal static Event Happened(string kind, string actor, Correction correction, string? answer = null) =>
        new()
        {
            Kind = kind,
            Actor = actor,
            CitizenId = correction.CitizenId,
            ConsentId = correction.ConsentId,
            TransferId = correction.TransferId,
            DataSetId = correction.DataSetId,
            Details = JsonSerializer.Serialize(
                new
                {
                    field = correction.Field,
                    answer,
                    to = correction.ProviderId,
                }
            ),
        };

    // Hers, opened by her browser or about to be, and with this field in what she agreed to.
    private async Task<Transfer?> FindAsync(AskCorrection request, CancellationToken token)
    {
        var transfer = await claims.FindClaimedAsync(request.CitizenId, request.TransferId, token);
        if (transfer is null || await catalogue.FindAsync(transfer.DataSetId, token) is null)
            return null;
        var consent = await consents.FindAsync(request.CitizenId, transfer.ConsentId, token);
        var item = consent is null
            ? null
            : consents.Items(consent).FirstOrDefault(item => item.DataSet == transfer.DataSetId);
        return item?.Fields.Contains(request.Field) is true ? transfer : null;
    }

    // What is inside only the agency can tell; that it is sealed for a key of its kind, its head says.
    private static bool IsSealed(string text)
    {
        var parts = text.Split('.');
        if (text.Length > Longest || parts.Length != Parts)
            return false;
        try
        {
            var head = JsonSerializer.Deserialize<JsonElement>(Base64UrlText.Decode(parts[0]));
            return head.ValueKind == JsonValueKind.Object
                && head.TryGetProperty("alg", out var alg)
                && alg.ValueKind == JsonValueKind.String
                && alg.GetString() == JoseNames.RsaOaep256
                && head.TryGetProperty("enc", out var enc)
                && enc.ValueKind == JsonValueKind.String
                && enc.GetString() == JoseNames.A256Gcm
                && parts[1..].All(part => Base64UrlText.Decode(part).Length > 0);
        }
        catch (Exception wrong)
            when (wrong is JsonException or EncryptionException or FormatException or InvalidOperationException)
        {
            return false;
        }
    }
}
