using Microsoft.Extensions.Localization;
using MyData.Core.Encryption;
using MyData.Web.Features.Download;
using MyData.Web.Features.Services;
using MyData.Web.Hosting;

namespace MyData.Web.Features.NationalService;

/// <summary>The words of the second consent where the key goes through the platform: the page shows these lines, the receipt carries their hash.</summary>
public static class WireStatement
{
    public static ConsentStatement ForHandOver(
        RequestModel model,
        IStringLocalizer<ServicesText> text,
        IStringLocalizer<WireText> wire
    )
    {
        var organisation = model.Service.Organisation.Here();
        var lines = new List<StatementLine>
        {
            new(text["StatementRecipient"], organisation),
            ServiceStatement.Purpose(model, text),
        };
        foreach (var item in model.Ready)
        {
            lines.Add(ServiceStatement.Line(item, "StatementHandsOver", text));
            lines.Add(
                new(
                    text["StatementSeal", item.View.Listing.Name.Here()],
                    SealDigest.Parse(item.Transfer!.SealDigest!).Display()
                )
            );
        }
        foreach (var item in model.Lacking)
            lines.Add(
                new(item.View.Listing.Name.Here(), text["StatementLacks", item.View.Provider.Name.Here(), organisation])
            );
        lines.Add(new(text["StatementManner"], wire["StatementManner"]));
        lines.Add(new(wire["StatementCanOpen"], wire["StatementCanOpenText", organisation]));
        lines.Add(new(text["StatementTimes"], text["StatementHandedOnce"]));
        var keeping = ServiceStatement.Keeping(model.View.Content.Retention, text);
        lines.Add(new(text["StatementKeeping"], text["StatementKeepingText", keeping]));
        lines.Add(new(wire["StatementAfterwards"], wire["StatementAfterwardsText", organisation]));
        return new(lines);
    }
}
