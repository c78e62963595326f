using MyData.Core.Catalog;

namespace MyData.Web.Features.Counter;

public static class CounterUrls
{
    /// <summary>The services at counters, for everybody.</summary>
    public const string List = "/counters";

    /// <summary>Takes the decision on one of them.</summary>
    public const string Decide = "/counters/decide";

    /// <summary>What a camera that knows nothing of counters opens.</summary>
    public const string Code = "/c";

    public const string TicketRoute = "/counter/{consentId:guid}";
    public const string RenewRoute = TicketRoute + "/renew";
    public const string CancelRoute = TicketRoute + "/cancel";
    public const string AppointRoute = TicketRoute + "/agent";
    public const string HandOnRoute = TicketRoute + "/agent/entries";
    public const string EndAgentRoute = TicketRoute + "/agent/end";

    /// <summary>The calls of a ticket's module.</summary>
    public const string CallsRoute = "/counter/tickets/{ticketId:guid}";

    /// <summary>What others ask her to show for them.</summary>
    public const string Agents = "/agent";
    public const string AcceptRoute = "/agent/{id:guid}/accept";
    public const string DropRoute = "/agent/{id:guid}/end";

    /// <summary>The clerk's screen.</summary>
    public const string Desk = "/counter/desk";
    public const string ScanRoute = Desk + "/scan";
    public const string DeskRoute = Desk + "/{ticketId:guid}";

    public static string Service(string id) => $"{List}/{Uri.EscapeDataString(id)}";

    public static string Show(string id) => $"{Service(id)}/show";

    public static string Ticket(Guid consentId) => $"/counter/{consentId}";

    public static string Problem(Guid consentId, string code) => $"{Ticket(consentId)}?problem={code}";

    public static string Renew(Guid consentId) => $"{Ticket(consentId)}/renew";

    public static string Cancel(Guid consentId) => $"{Ticket(consentId)}/cancel";

    public static string Appoint(Guid consentId) => $"{Ticket(consentId)}/agent";

    public static string HandOn(Guid consentId) => $"{Ticket(consentId)}/agent/entries";

    public static string EndAgent(Guid consentId) => $"{Ticket(consentId)}/agent/end";

    public static string Calls(Guid ticketId) => $"/counter/tickets/{ticketId}";

    public static string Agent(Guid id) => $"{Agents}/{id}";

    public static string Accept(Guid id) => $"{Agent(id)}/accept";

    public static string Drop(Guid id) => $"{Agent(id)}/end";

    public static string Package(Guid ticketId, Guid transferId) => $"{Desk}/{ticketId}/packages/{transferId}";

    /// <summary>Fetches data sets as this service may see them.</summary>
    public static string Fetch(CounterServiceListing service, params IEnumerable<string> dataSets) =>
        "/download"
        + dataSets
            .Aggregate(QueryString.Create("for", service.Id), (query, id) => query.Add("ds", id))
            .ToUriComponent();
}
