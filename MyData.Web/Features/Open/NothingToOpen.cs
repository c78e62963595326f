namespace MyData.Web.Features.Open;

/// <summary>Stands in until the transfers are there: nobody has anything to open, and nobody is trusted.</summary>
public sealed class NothingToOpen : IOpenSource
{
    public Task<OpenModel?> FindAsync(Guid citizenId, Guid consentId, CancellationToken ct) =>
        Task.FromResult<OpenModel?>(null);

    public Task<VerifyModel> VerifyAsync(CancellationToken ct) =>
        Task.FromResult(
            new VerifyModel
            {
                Roots = [],
                Keys = [],
                Agencies = [],
                DataSets = [],
                ReceiptSchema = "{}",
            }
        );
}
