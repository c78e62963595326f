using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Consent;
using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Web.Features.Download;
using MyData.Web.Features.Ledger;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Open;

/// <summary>What the pages that open and verify need, from consents, transfers, catalogue and keys.</summary>
public sealed class OpenSource(
    Consents consents,
    Downloads downloads,
    HeldPackages held,
    Catalogue catalogue,
    CitizenAccounts accounts,
    PublicTrust trust,
    PublishedLogs logs
) : IOpenSource
{
    public async Task<OpenModel?> FindAsync(Guid citizenId, Guid consentId, CancellationToken ct)
    {
        if (await consents.FindAsync(citizenId, consentId, ct) is not { Decision: ConsentDecision.Given } consent)
            return null;
        var identity = await accounts.IdentityAsync(citizenId, ct);
        var transfers = new List<OpenTransfer>();
        foreach (var transfer in await downloads.ListAsync(citizenId, consentId, ct))
        {
            if (await catalogue.FindAsync(transfer.DataSetId, ct) is { } view)
                transfers.Add(ModelOf(transfer, view));
        }
        return new OpenModel
        {
            KeyId = consent.RecipientKey,
            NationalId = identity.Id.Value,
            Transfers = transfers,
            DoneUrl = DownloadUrls.Done(consentId),
        };
    }

    public async Task<OpenModel?> FindForServiceAsync(Guid citizenId, Guid consentId, CancellationToken ct)
    {
        if (await FindAsync(citizenId, consentId, ct) is not { } model)
            return null;
        var transfers = model.Transfers.ToList();
        foreach (var transfer in await held.ChosenAsync(citizenId, consentId, ct))
        {
            if (await catalogue.FindAsync(transfer.DataSetId, ct) is { } view)
                transfers.Add(ModelOf(transfer, view) with { KeyId = Jwk.Parse(transfer.RecipientJwk).Thumbprint() });
        }
        return model with { Transfers = transfers };
    }

    public async Task<VerifyModel> VerifyAsync(CancellationToken ct)
    {
        var views = await catalogue.SearchAsync(new CatalogueQuery(), ct);
        return new VerifyModel
        {
            Roots = [.. trust.Roots.Certificates.Select(root => Convert.ToBase64String(root.RawData))],
            Keys = [.. trust.Keys.Published.Select(key => key.ToJson())],
            Policies = [.. logs.All.Select(log => log.Policy)],
            Agencies =
            [
                .. (await catalogue.ProvidersAsync(ct)).Select(provider => new VerifyAgency(
                    provider.Name,
                    provider.CertificateSha256
                )),
            ],
            DataSets = [.. views.Select(view => new VerifyDataSet(view.Id, view.Listing.Name, view.Listing.Schema))],
            ReceiptSchema = ReceiptLabels.Schema,
        };
    }

    private static OpenTransfer ModelOf(Transfer transfer, DataSetView view) =>
        new()
        {
            Id = transfer.Id.ToString(),
            ReportUrl = DownloadUrls.Report(transfer.ConsentId),
            DataSet = transfer.DataSetId,
            Name = view.Listing.Name,
            Agency = view.Provider.ShortName,
            Glyph = view.Provider.Glyph,
            State = transfer.State switch
            {
                TransferState.Ready => OpenState.Ready,
                TransferState.Done => OpenState.Done,
                TransferState.Empty => OpenState.None,
                TransferState.Failed => OpenState.Failed,
                TransferState.Expired => OpenState.Expired,
                _ => OpenState.Waiting,
            },
            SealedByAgency = view.SealedByProvider,
            SealedAt = transfer.ReadyAt,
            HeldUntil = transfer.ExpiresAt,
            CertificateSha256 = view.Provider.CertificateSha256,
            FailureCode = transfer.Code,
        };
}

/// <summary>What anybody may know in order to check signatures: the roots of agencies, the platform's public keys.</summary>
public sealed record PublicTrust(TrustedRoots Roots, SigningKeys Keys);
