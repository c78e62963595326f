using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.Extensions.Localization;

namespace MyData.Web.Features.Open;

/// <summary>The texts that a page's module shows, handed to it in the page's JSON block.</summary>
public static class ScriptTexts
{
    private static readonly string[] Shared =
    [
        "none",
        "yes",
        "no",
        "rocDate",
        "money",
        "rows",
        "more",
        "pictureRefused",
        "noData",
        "otherFiles",
        "firstRows",
        "seal",
        "signatureValid",
        "unchanged",
        "errorNext",
        "errorCode",
        "error.package",
        "next.package",
        "error.certificate",
        "next.certificate",
        "error.data",
        "next.data",
        "error.other",
        "next.other",
    ];

    private static readonly string[] Opening =
    [
        "errorHandedOver",
        "errorNothing",
        "fetching",
        "opening",
        "bytes",
        "bytesOf",
        "openedAt",
        "openedGlyph",
        "sealedOnArrival",
        "save",
        "saved",
        "printed",
        "tryAgain",
        "titleOpened",
        "titleSome",
        "titleFailed",
        "error.key",
        "next.key",
        "error.keystore",
        "next.keystore",
        "error.network",
        "next.network",
        "error.session",
        "next.session",
        "error.page",
        "next.page",
        "error.relay",
        "next.relay",
        "error.relay.claim_refused",
        "next.relay.claim_refused",
        "error.relay.not_ready",
        "next.relay.not_ready",
        "error.seal",
        "next.seal",
        "error.package.subject",
        "next.package.subject",
        "error.trust",
        "next.trust",
        "error.done",
        "next.done",
    ];

    private static readonly string[] Verifying =
    [
        "checking",
        "certificateRanOut",
        "agencyUnknown",
        "signedBy",
        "issuedAt",
        "notStated",
        "certificate",
        "packageGood",
        "receiptGood",
        "error.proof",
        "next.proof",
        "error.ed25519",
        "next.ed25519",
        "error.receipt",
        "next.receipt",
        "error.receipt.period",
        "next.receipt.period",
        "error.file",
        "next.file",
    ];

    // Every letter as it is, but <, >, & and quotes escaped: the block stands inside HTML.
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.Create(UnicodeRanges.All),
    };

    public static Dictionary<string, string> ForOpening(IStringLocalizer text) => Of(text, Shared.Concat(Opening));

    public static Dictionary<string, string> ForVerifying(IStringLocalizer text)
    {
        var texts = Of(text, Shared.Concat(Verifying));
        texts["errorHandedOver"] = text["verifyHandedOver"];
        texts["errorNothing"] = text["verifyNothing"];
        // Nothing sealed comes here; what JOSE refuses is a receipt.
        (texts["error.seal"], texts["next.seal"]) = (text["error.receipt"], text["next.receipt"]);
        return texts;
    }

    /// <summary>JSON that can stand inside a <c>script</c> element.</summary>
    public static string Block(object model) => JsonSerializer.Serialize(model, Options);

    private static Dictionary<string, string> Of(IStringLocalizer text, IEnumerable<string> names) =>
        names.ToDictionary(name => name, name => text[name].Value, StringComparer.Ordinal);
}
