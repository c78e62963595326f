using Microsoft.AspNetCore.Components;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Open;

/// <summary>
/// Plain HTML and a module, never a circuit: Blazor would send what she opens to the server (protocols.md A4).
/// </summary>
public sealed partial class OpenPage
{
    [Parameter]
    public Guid ConsentId { get; set; }

    [CascadingParameter]
    public HttpContext Http { get; set; } = null!;

    private OpenModel? Model { get; set; }

    private IReadOnlyList<OpenTransfer> Ready { get; set; } = [];

    private DateTimeOffset? HeldUntil => Ready.Max(transfer => transfer.HeldUntil);

    private string Title => Ready.Count > 0 ? "OpenTitle" : "NothingReady";

    private string Block => OpenBlock.Of(Http, Model!, Text);

    protected override async Task OnInitializedAsync()
    {
        Model = await Source.FindAsync(Http.User.GetCitizenId(), ConsentId, Http.RequestAborted);
        if (Model is null)
            Http.Response.StatusCode = StatusCodes.Status404NotFound;
        Ready = Model is null ? [] : OpenBlock.ReadyOf(Model);
    }
}
