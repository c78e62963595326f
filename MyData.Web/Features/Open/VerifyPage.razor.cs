using System.Text.Json;
using Microsoft.AspNetCore.Components;
using MyData.Core.Catalog;
using MyData.Web.Features.Ledger;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Open;

/// <summary>Checks a saved file in her browser, without network: roots, keys and schemas stand in the page.</summary>
public sealed partial class VerifyPage
{
    [CascadingParameter]
    public HttpContext Http { get; set; } = null!;

    private string Block { get; set; } = "";

    protected override async Task OnInitializedAsync()
    {
        var model = await Source.VerifyAsync(Http.RequestAborted);
        Block = ScriptTexts.Block(
            new
            {
                model.Roots,
                Keys = model.Keys.Select(Json),
                Agencies = model.Agencies.Select(agency => new { Name = Local(agency.Name), agency.CertificateSha256 }),
                Datasets = model.DataSets.ToDictionary(
                    set => set.Id,
                    set => new { Name = Local(set.Name), Schema = Json(set.Schema) },
                    StringComparer.Ordinal
                ),
                ReceiptSchema = Json(model.ReceiptSchema),
                model.Policies,
                Strings = ScriptTexts.ForVerifying(Text),
                Record = RecordTexts.Of(LedgerText),
            }
        );
    }

    private static string Local(LocalText text) => Languages.IsEnglish ? text.En : text.Zh;

    private static JsonElement Json(string text) => JsonElement.Parse(text);
}
