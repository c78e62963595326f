namespace MyData.Core.Wire.ServiceSide;

/// <summary>Why something on the national wire's service side was refused, or ended: the same code in answer, event, page and test.</summary>
public static class WireCodes
{
    /// <summary>No service of this name speaks the national wire.</summary>
    public const string Client = "wire.client";

    /// <summary>The address to lead back to is missing, or not the registered one.</summary>
    public const string ReturnUrl = "wire.return_url";

    /// <summary>Data sets or transaction in the path are not of the form.</summary>
    public const string Path = "wire.path";

    /// <summary>The path names no data set.</summary>
    public const string NoDataSet = "wire.no_dataset";

    /// <summary>A data set that the service has not registered.</summary>
    public const string NotAllowed = "wire.not_allowed";

    /// <summary>A data set that is offered no more.</summary>
    public const string Stopped = "wire.stopped";

    /// <summary>pid does not open, or holds no national ID.</summary>
    public const string Pid = "wire.pid";

    /// <summary>Who is signed in is not whom the service means.</summary>
    public const string OtherPerson = "wire.other_person";

    /// <summary>A transaction comes a second time.</summary>
    public const string Replayed = "wire.replayed";

    /// <summary>So many requests of this service from her network wait for somebody to take them up already.</summary>
    public const string Network = "wire.network";

    /// <summary>What her browser uploaded is not complete, or not of the form.</summary>
    public const string Upload = "wire.upload";

    /// <summary>The service did not take ticket and key, at four tries.</summary>
    public const string SpApi = "wire.sp_api";

    /// <summary>The service did not come for it in time.</summary>
    public const string TicketOver = "wire.ticket_over";

    /// <summary>No ticket, or none of the form.</summary>
    public const string TicketForm = "wire.ticket_form";

    /// <summary>No such ticket.</summary>
    public const string Ticket = "wire.ticket";

    /// <summary>The caller's address is not on the service's list.</summary>
    public const string Address = "wire.address";

    /// <summary>The service fetches before it has answered 200.</summary>
    public const string TooEarly = "wire.too_early";

    /// <summary>Somebody is fetching it just now, or the answer is being written down.</summary>
    public const string Busy = "wire.busy";

    /// <summary>It was fetched before.</summary>
    public const string Fetched = "wire.fetched";

    /// <summary>She took it back, or it ended otherwise.</summary>
    public const string Ended = "wire.ended";

    public static IReadOnlyList<string> All { get; } =
    [
        Client,
        ReturnUrl,
        Path,
        NoDataSet,
        NotAllowed,
        Stopped,
        Pid,
        OtherPerson,
        Replayed,
        Network,
        Upload,
        SpApi,
        TicketOver,
        TicketForm,
        Ticket,
        Address,
        TooEarly,
        Busy,
        Fetched,
        Ended,
    ];
}
