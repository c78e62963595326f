using Microsoft.Extensions.Localization;
using MyData.Core.Catalog;
using MyData.Web.Features.Download;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Counter;

/// <summary>The words she agrees to before a code is made: the page shows these lines, the receipt carries their hash.</summary>
public static class CounterStatement
{
    private const int DaysOfAYear = 365;

    public static ConsentStatement For(CounterChoice choice, IStringLocalizer<CounterText> text)
    {
        var service = choice.Service;
        var lines = new List<StatementLine>
        {
            new(text["StatementRecipient"], service.Organisation.Here()),
            new(text["StatementPurpose"], text["StatementPurposeText", service.Name.Here(), service.Purpose.Here()]),
        };
        foreach (var offer in choice.Chosen)
        {
            var fields = offer
                .View.Fields.Where(field => offer.Package!.Fields.Contains(field.Name))
                .Select(field => field.Label.Here())
                .ToList();
            lines.Add(
                new(
                    offer.View.Listing.Name.Here(),
                    text["StatementShows", string.Join(text["ListSeparator"], fields), offer.View.Provider.Name.Here()]
                )
                {
                    Summary =
                        fields.Count > 6
                            ? text[
                                "StatementShowsShort",
                                string.Join(text["ListSeparator"], fields.Take(4)),
                                fields.Count,
                                offer.View.Provider.Name.Here()
                            ].Value
                            : null,
                }
            );
        }
        lines.Add(new(text["StatementManner"], text["StatementMannerText"]));
        lines.Add(new(text["StatementKeeping"], text["StatementKeepingText", Keeping(service, text)]));
        return new(lines);
    }

    /// <summary>In whole years where it is that long.</summary>
    public static string Keeping(CounterServiceListing service, IStringLocalizer<CounterText> text) =>
        service.Retention.TotalDays >= DaysOfAYear
            ? text[
                service.Retention.TotalDays < 2 * DaysOfAYear ? "Year" : "Years",
                (int)(service.Retention.TotalDays / DaysOfAYear)
            ]
            : text["Days", (int)service.Retention.TotalDays];
}
