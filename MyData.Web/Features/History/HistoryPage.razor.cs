using Microsoft.AspNetCore.Components;
using MyData.Core.History;
using MyData.Web.Hosting;

namespace MyData.Web.Features.History;

public sealed partial class HistoryPage
{
    private HistoryFilter filter = new();
    private long? cursor;
    private long? next;
    private IReadOnlyList<EntryWords> entries = [];
    private IReadOnlyList<(string Id, string Name)> dataSets = [];

    [CascadingParameter]
    public required HttpContext Http { get; set; }

    [Inject]
    public required TimeProvider Time { get; set; }

    private DateTimeOffset Now => Time.GetUtcNow();

    private string? Problem => filter.From > filter.To ? Text["FromAfterTo"].Value : null;

    protected override async Task OnInitializedAsync()
    {
        var citizen = Http.User.GetCitizenId();
        filter = HistoryFilterQuery.Read(Http.Request.Query);
        cursor = HistoryFilterQuery.Cursor(Http.Request.Query);
        dataSets = await NamesAsync(await History.DataSetsAsync(citizen, Http.RequestAborted));
        if (Problem is not null)
            return;
        var page = await History.PageAsync(citizen, filter, cursor, Http.RequestAborted);
        next = page.Next;
        var sides = await Words.SidesAsync(page.Entries, Http.RequestAborted);
        var said = new List<EntryWords>();
        foreach (var entry in page.Entries)
            said.Add(await EntryWords.OfAsync(entry, sides, Words, Http.RequestAborted));
        entries = said;
    }

    private async Task<List<(string Id, string Name)>> NamesAsync(IReadOnlyList<string> ids)
    {
        var names = new List<(string, string)>();
        foreach (var id in ids)
            names.Add((id, Words.NameOf(await Catalogue.FindAsync(id, Http.RequestAborted))));
        return names;
    }
}
