using Microsoft.AspNetCore.Components;
using MyData.Core.Data;
using MyData.Core.History;
using MyData.Web.Hosting;
using MyData.Web.Ui;

namespace MyData.Web.Features.History;

public sealed partial class ComplainPage
{
    private HistoryLine? line;
    private LineWords? words;
    private ComplaintForm form = new() { Submission = Ids.New() };
    private IReadOnlyList<FieldError> errors = [];
    private bool tooMany;

    [Parameter]
    public long LineId { get; set; }

    [CascadingParameter]
    public required HttpContext Http { get; set; }

    // A parser of HTML drops the first line break of a textarea (HTML §13.2.6.4.7): one more keeps hers.
    private string Typed => "\n" + form.Words;

    protected override async Task OnInitializedAsync()
    {
        form = Http.PageState<ComplaintForm>() ?? form;
        tooMany = form.Problems.Contains("complaint.too-many");
        errors = [.. form.Problems.Select(Error).OfType<FieldError>()];
        line = await History.FindAsync(Http.User.GetCitizenId(), LineId, Http.RequestAborted);
        if (line is null)
            Http.Response.StatusCode = StatusCodes.Status404NotFound;
        else
            words = await Words.OfAsync(line, Http.RequestAborted);
    }

    private FieldError? Error(string code) =>
        code switch
        {
            "complaint.choice-missing" => new("choice-not-me", Text["ComplaintChoiceMissing"]),
            "complaint.words-missing" => new("words", Text["ComplaintWordsMissing"]),
            "complaint.words-too-long" => new("words", Text["ComplaintWordsTooLong", Complaints.LongestWords]),
            _ => null,
        };
}
