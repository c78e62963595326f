using Microsoft.Extensions.Localization;
using MyData.Core.Catalog;
using MyData.Core.Encryption;
using MyData.Web.Features.Download;
using MyData.Web.Hosting;
using MyData.Web.Ui;

namespace MyData.Web.Features.Services;

/// <summary>The words of the two consents: the page shows these lines, the receipt carries their hash.</summary>
public static class ServiceStatement
{
    private const int DaysOfAYear = 365;
    private const int FieldsAtFirst = 4;

    /// <summary>Before anything is fetched.</summary>
    public static ConsentStatement ForFetch(
        RequestModel model,
        IReadOnlyList<AskedItem> chosen,
        TimeSpan kept,
        IStringLocalizer<ServicesText> text
    )
    {
        var lines = new List<StatementLine>
        {
            new(text["StatementFor"], model.Service.Organisation.Here()),
            Purpose(model, text),
        };
        foreach (var item in chosen)
        {
            lines.Add(Line(item, item.Transfer is null ? "StatementGives" : "StatementHandsOver", text));
            foreach (var parameter in item.View.Listing.Parameters)
                if (item.Asked.Parameters.TryGetValue(parameter.Name, out var value))
                    lines.Add(new(parameter.Label.Here(), value));
            if (item.Transfer is { SealDigest: { } seal, ReadyAt: { } came } has)
                lines.Add(
                    new(
                        text["StatementHeld", item.View.Listing.Name.Here()],
                        text[
                            "StatementHeldText",
                            Dates.Text(came),
                            SealDigest.Parse(seal).Display(),
                            Dates.Text(has.ExpiresAt ?? came)
                        ]
                    )
                );
            else if (!item.View.SealedByProvider)
                lines.Add(new(text["StatementSealing"], text["StatementSealedOnArrival"]));
        }
        var fetched = chosen.Any(item => item.Transfer is null);
        if (fetched)
            lines.Add(new(text["StatementTimes"], text["StatementOnce"]));
        if (model.View.Content.Standing is { } later)
            lines.Add(
                new(
                    text["StatementAgain"],
                    text[
                        "StatementLaterAsked",
                        model.Service.Organisation.Here(),
                        Every(later.Every, text),
                        Keeping(later.Window, text)
                    ]
                )
            );
        if (fetched)
            lines.Add(new(text["StatementKeeping"], text["StatementKept", kept.TotalHours]));
        lines.Add(new(text["StatementNow"], text["StatementToYouFirst", model.Service.Organisation.Here()]));
        if (model.IsNational)
            lines.Add(
                new(text["StatementOlderLater"], text["StatementOlderFormat", model.Service.Organisation.Here()])
            );
        return new(lines);
    }

    /// <summary>After she has seen what it is: the very packages, by their seals.</summary>
    /// <param name="model">her request</param>
    /// <param name="now">from when on a standing use would be; its days are said, so the lines are the same all day</param>
    /// <param name="text">in her language</param>
    public static ConsentStatement ForHandOver(
        RequestModel model,
        DateTimeOffset now,
        IStringLocalizer<ServicesText> text
    )
    {
        var lines = new List<StatementLine>
        {
            new(text["StatementRecipient"], model.Service.Organisation.Here()),
            Purpose(model, text),
        };
        foreach (var item in model.Ready)
        {
            lines.Add(Line(item, "StatementHandsOver", text));
            lines.Add(
                new(
                    text["StatementSeal", item.View.Listing.Name.Here()],
                    SealDigest.Parse(item.Transfer!.SealDigest!).Display()
                )
            );
        }
        foreach (var item in model.Lacking)
            lines.Add(
                new(
                    item.View.Listing.Name.Here(),
                    text["StatementLacks", item.View.Provider.Name.Here(), model.Service.Organisation.Here()]
                )
            );
        lines.Add(new(text["StatementManner"], text["StatementMannerText"]));
        if (model.Ready.Where(item => item.View.Listing.HandOvers).ToList() is { Count: > 0 } told)
            lines.Add(
                new(
                    text["StatementAgencies"],
                    text[
                        "StatementAgenciesText",
                        string.Join(
                            text["ListSeparator"].Value,
                            told.Select(item => item.View.Provider.Name.Here()).Distinct()
                        ),
                        model.Service.Organisation.Here()
                    ]
                )
            );
        lines.Add(new(text["StatementTimes"], text["StatementHandedOnce"]));
        if (model.View.Content.Standing is { } later)
            lines.Add(
                new(
                    text["StatementAgain"],
                    text[
                        "StatementLaterText",
                        Dates.Text(now, dateOnly: true),
                        Dates.Text(now + later.Window, dateOnly: true),
                        model.Service.Organisation.Here(),
                        Every(later.Every, text)
                    ]
                )
            );
        lines.Add(
            new(text["StatementKeeping"], text["StatementKeepingText", Keeping(model.View.Content.Retention, text)])
        );
        return new(lines);
    }

    /// <summary>In whole years where it is that long.</summary>
    public static string Keeping(TimeSpan time, IStringLocalizer<ServicesText> text) =>
        time.Ticks % TimeSpan.FromDays(DaysOfAYear).Ticks == 0
            ? text[time.TotalDays < 2 * DaysOfAYear ? "Year" : "Years", (int)(time.TotalDays / DaysOfAYear)]
            : text["Days", (int)Math.Ceiling(time.TotalDays)];

    /// <summary>How often at most; whole days, rounded up.</summary>
    public static string Every(TimeSpan time, IStringLocalizer<ServicesText> text) =>
        time <= TimeSpan.FromDays(1) ? text["EveryDay"] : text["EveryDays", (int)Math.Ceiling(time.TotalDays)];

    internal static StatementLine Purpose(RequestModel model, IStringLocalizer<ServicesText> text) =>
        new(
            text["StatementPurpose"],
            text["StatementPurposeText", model.Service.Name.Here(), model.Service.Purpose.Here()]
        );

    internal static StatementLine Line(AskedItem item, string words, IStringLocalizer<ServicesText> text)
    {
        var fields = item
            .View.Fields.Where(field => item.Asked.Fields.Contains(field.Name))
            .Select(field => field.Label.Here())
            .ToList();
        var (agency, separator) = (item.View.Provider.Name.Here(), text["ListSeparator"].Value);
        return new(item.View.Listing.Name.Here(), text[words, agency, string.Join(separator, fields)])
        {
            Summary =
                fields.Count <= FieldsAtFirst + 2
                    ? null
                    : text[
                        "StatementShort",
                        agency,
                        string.Join(separator, fields.Take(FieldsAtFirst)),
                        fields.Count
                    ].Value,
        };
    }
}
