using MyData.Web.Features.Services;

namespace MyData.Web.Features.NationalService;

public static class WireUrls
{
    /// <summary>Where a service leads her browser (protocols.md B2); the rest is the data sets and the transaction.</summary>
    public const string EntryRoute = "/service/{clientId}/{**rest}";

    /// <summary>Where a service fetches.</summary>
    public const string Data = "/service/data";

    /// <summary>Says why an entry was refused that cannot be led back.</summary>
    public const string RefusedPage = "/services/refused";

    public const string PartRoute = ServicesUrls.RequestRoute + "/wire/{upload:guid}/{number:int}";
    public const string HandOverRoute = ServicesUrls.RequestRoute + "/wire/hand-over";
    public const string BackRoute = ServicesUrls.RequestRoute + "/back";

    public static string Refused(string code) => $"{RefusedPage}?code={code}";

    /// <summary>What an upload's id and a number are put behind.</summary>
    public static string Upload(Guid id) => $"{ServicesUrls.Request(id)}/wire";

    public static string HandOver(Guid id) => $"{ServicesUrls.Request(id)}/wire/hand-over";

    /// <summary>Leads to the service's own registered address, with what became of it.</summary>
    public static string Back(Guid id) => $"{ServicesUrls.Request(id)}/back";
}
