using MyData.Core.Catalog;

namespace MyData.Web.Features.Open;

/// <summary>What the page that opens a consent's packages has to know. No data of hers is in it but her own ID number.</summary>
public sealed record OpenModel
{
    /// <summary>RFC 7638 thumbprint of the key that the consent was made with.</summary>
    public required string KeyId { get; init; }

    /// <summary>Her own ID number, with which the browser compares each package's salted hash (protocols.md A3).</summary>
    public required string NationalId { get; init; }

    public required IReadOnlyList<OpenTransfer> Transfers { get; init; }

    /// <summary>Takes the POST of "done".</summary>
    public required string DoneUrl { get; init; }
}

/// <summary>One data set of the consent.</summary>
public sealed record OpenTransfer
{
    public required string Id { get; init; }

    /// <summary>Of the key that opens it, where that is not the consent's: she had it already.</summary>
    public string? KeyId { get; init; }

    /// <summary>Takes a POST of <c>transfer</c> and <c>code</c> when her browser refuses the package: of the consent that it was fetched by; null: nobody is told.</summary>
    public string? ReportUrl { get; init; }
    public required string DataSet { get; init; }
    public required LocalText Name { get; init; }
    public required LocalText Agency { get; init; }

    /// <summary>One character that stands for the agency.</summary>
    public required string Glyph { get; init; }

    public required OpenState State { get; init; }

    /// <summary>False where the platform sealed it on arrival (national wire).</summary>
    public required bool SealedByAgency { get; init; }

    public required DateTimeOffset? SealedAt { get; init; }

    /// <summary>When the relay deletes it at the latest: 8 h after its arrival.</summary>
    public required DateTimeOffset? HeldUntil { get; init; }

    /// <summary>Hex SHA-256 of the certificate that the agency registered.</summary>
    public required string CertificateSha256 { get; init; }

    /// <summary>The stable code, where the transfer failed.</summary>
    public string? FailureCode { get; init; }
}

public enum OpenState
{
    /// <summary>On its way.</summary>
    Waiting,

    /// <summary>On the relay, to be fetched with her claim.</summary>
    Ready,

    /// <summary>The agency holds nothing on her.</summary>
    None,

    Failed,

    /// <summary>She has said "done".</summary>
    Done,

    /// <summary>Its time on the relay is over.</summary>
    Expired,
}
