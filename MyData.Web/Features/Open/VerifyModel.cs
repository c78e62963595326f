using MyData.Core.Catalog;

namespace MyData.Web.Features.Open;

/// <summary>All that a check without network needs; everything in it is public.</summary>
public sealed record VerifyModel
{
    /// <summary>Certificates that agencies' certificates must chain to, DER as base64.</summary>
    public required IReadOnlyList<string> Roots { get; init; }

    /// <summary>The platform's public keys for receipts, past ones too: JWK JSON each.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>Whom to believe about each log of the ledger, as c2sp.org/tlog-policy.</summary>
    public required IReadOnlyList<string> Policies { get; init; }

    public required IReadOnlyList<VerifyAgency> Agencies { get; init; }
    public required IReadOnlyList<VerifyDataSet> DataSets { get; init; }

    /// <summary>JSON Schema with the labels of a consent receipt.</summary>
    public required string ReceiptSchema { get; init; }
}

public sealed record VerifyAgency(LocalText Name, string CertificateSha256);

/// <param name="Schema">JSON Schema text</param>
public sealed record VerifyDataSet(string Id, LocalText Name, string Schema);
