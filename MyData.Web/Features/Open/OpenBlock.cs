using Microsoft.Extensions.Localization;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Open;

/// <summary>What the module that opens packages is told, on every page that has it.</summary>
public static class OpenBlock
{
    public static IReadOnlyList<OpenTransfer> ReadyOf(OpenModel model) =>
        [.. model.Transfers.Where(transfer => transfer.State == OpenState.Ready)];

    public static string Of(HttpContext http, OpenModel model, IStringLocalizer<OpenText> text) =>
        ScriptTexts.Block(
            new
            {
                Account = http.User.GetCitizenId(),
                Kid = model.KeyId,
                model.NationalId,
                Transfers = ReadyOf(model).Select(one => Transfer(one, model.KeyId)),
                TrustUrl = "/.well-known/mydata-trust.json",
                Strings = ScriptTexts.ForOpening(text),
            }
        );

    private static object Transfer(OpenTransfer transfer, string key) =>
        new
        {
            transfer.Id,
            Dataset = transfer.DataSet,
            Name = Languages.IsEnglish ? transfer.Name.En : transfer.Name.Zh,
            PackageUrl = $"/relay/{Uri.EscapeDataString(transfer.Id)}/package",
            SchemaUrl = $"/datasets/{Uri.EscapeDataString(transfer.DataSet)}/schema.json",
            transfer.CertificateSha256,
            SealedBy = transfer.SealedByAgency ? "agency" : "platform",
            transfer.HeldUntil,
            Kid = transfer.KeyId ?? key,
            transfer.ReportUrl,
        };
}
