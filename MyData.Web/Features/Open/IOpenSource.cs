namespace MyData.Web.Features.Open;

/// <summary>What these pages ask of the transfers and the catalogue.</summary>
public interface IOpenSource
{
    /// <returns>null where this citizen has no such consent</returns>
    Task<OpenModel?> FindAsync(Guid citizenId, Guid consentId, CancellationToken ct);

    /// <summary>The same where a service is to be given what she opens: with the packages that she had already and chose for it.</summary>
    Task<OpenModel?> FindForServiceAsync(Guid citizenId, Guid consentId, CancellationToken ct);

    Task<VerifyModel> VerifyAsync(CancellationToken ct);
}
