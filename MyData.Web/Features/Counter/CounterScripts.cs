using Microsoft.Extensions.Localization;
using MyData.Core.Counter;
using MyData.Web.Features.Open;
using MyData.Web.Ui;

namespace MyData.Web.Features.Counter;

/// <summary>The texts that the modules of both sides show: those of opening a package, what the codes mean, and their own.</summary>
public static class CounterScripts
{
    private static readonly string[] Ticket = ["scanned", "scanAgain", "handingOn", "codeLabel"];

    private static readonly string[] Clerk =
    [
        "ScanTitle",
        "WaitTitle",
        "CardTitle",
        "ViewTitle",
        "waitingForPhone",
        "waitingForCitizen",
        "noted",
        "takenOver",
        "caseFirst",
        "signatureOld",
        "signedWell",
        "signedOld",
        "notStated",
        "moreNotShown",
        "idleOver",
        "paper",
    ];

    /// <summary>What else than the usual a clerk does next.</summary>
    private static readonly string[] ClerkNext =
    [
        CounterCodes.Used,
        CounterCodes.OtherOffice,
        CounterCodes.Reserved,
        CounterCodes.WrongCard,
        CounterCodes.Unknown,
        CounterCodes.Expired,
        CounterCodes.Renewed,
        CounterCodes.Cancelled,
        CounterCodes.PackageGone,
        CounterCodes.Closed,
        CounterCodes.OfficeClosed,
        "counter.format",
        "counter.no_secret",
        "counter.lapsed",
    ];

    private static readonly string[] InBrowser =
    [
        "counter.format",
        "counter.no_secret",
        "counter.no_camera",
        "counter.other_key",
        "counter.lapsed",
    ];

    public static Dictionary<string, string> ForTicket(
        IStringLocalizer<CounterText> text,
        IStringLocalizer<OpenText> open
    ) => Of(Ticket, text, open, "ticketNothing", "next.ticket");

    public static Dictionary<string, string> ForClerk(
        IStringLocalizer<CounterText> text,
        IStringLocalizer<OpenText> open
    )
    {
        var texts = Of(Clerk, text, open, "clerkNothing", "next.clerk");
        texts["errorHandedOver"] = text["clerkHandedOver"];
        foreach (var code in ClerkNext)
            texts[$"next.{code}"] = text[$"next.clerk.{code}"];
        return texts;
    }

    private static Dictionary<string, string> Of(
        string[] own,
        IStringLocalizer<CounterText> text,
        IStringLocalizer<OpenText> open,
        string nothing,
        string next
    )
    {
        var texts = ScriptTexts.ForOpening(open);
        foreach (var name in own)
            texts[name] = text[name];
        foreach (var code in CounterCodes.All.Concat(InBrowser))
            texts[$"error.{code}"] = CodeText.Words(code);
        texts["errorNothing"] = text[nothing];
        texts["next.counter"] = texts["next.agent"] = text[next];
        return texts;
    }
}
