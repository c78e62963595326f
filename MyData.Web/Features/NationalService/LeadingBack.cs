using MyData.Core.Services;
using MyData.Core.Transfers;
using MyData.Core.Wire.ServiceSide;
using MyData.Web.Features.Services;

namespace MyData.Web.Features.NationalService;

/// <summary>Where she is led back to, in the form of the wire that she came over.</summary>
public sealed class LeadingBack(
    ReturnAddress native,
    NationalReturn national,
    ServiceRequests requests,
    NationalHandOver handOver
)
{
    /// <summary>The address for this end.</summary>
    /// <param name="code">one of <see cref="ServiceCodes"/> or <see cref="WireCodes"/></param>
    public string Address(RequestModel model, string code) =>
        model.IsNational
            ? national.Address(model.View, CodeOf(model, code))
            : native.WithError(model.View.Content, code);

    /// <summary>Of a request on the national wire whose row says what became of it.</summary>
    public string Address(RequestModel model) =>
        model.Request.State is RequestState.Granted or RequestState.Received
            ? national.Address(model.View, NationalReturn.Ok)
            : Address(model, model.Request.Code ?? ServiceCodes.Expired);

    /// <summary>Her no, or that it could not be had; the service on the national wire hears of what.</summary>
    /// <returns>The address that leads her back.</returns>
    /// <exception cref="ServiceException">service.over.</exception>
    public async Task<string> DeclineAsync(Guid? citizenId, RequestModel model, string code, CancellationToken token)
    {
        if (model.IsNational)
            await handOver.DeclineAsync(
                citizenId,
                model.View,
                code,
                code == ServiceCodes.NotFetched ? Failed(model) : [],
                token
            );
        else
            await requests.DeclineAsync(citizenId, model.Request.Id, code, token);
        return Address(model, code);
    }

    private static List<string> Failed(RequestModel model) =>
        [.. model.Items.Where(item => item.Transfer?.State == TransferState.Failed).Select(item => item.Asked.DataSet)];

    private static int CodeOf(RequestModel model, string code) =>
        NationalReturn.CodeOf(
            code,
            model
                .Items.Where(item => item.Transfer is not null)
                .Select(item => (item.Transfer!, item.View.Listing.Wire))
        );
}
