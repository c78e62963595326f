using Microsoft.Extensions.Localization;
using MyData.Web.Features.Download;
using MyData.Web.Hosting;

namespace MyData.Web.Features.Members;

/// <summary>What she agrees to, without her values: the page shows it, and its hash stands in the event of her answer.</summary>
public static class MemberStatement
{
    public static ConsentStatement Of(MemberModel model, IStringLocalizer<MembersText> text)
    {
        var lines = new List<StatementLine>
        {
            new(text["StatementTo"], model.Service.Organisation.Here()),
            new(text["StatementFor"], model.Service.Name.Here()),
        };
        lines.AddRange(model.View.Asked.Select(claim => new StatementLine(text[$"Claim-{claim.Name}"], Manner(claim))));
        lines.Add(new(text["StatementUntil"], text["StatementUntilText"]));
        if (model.View.Content.Links)
            lines.Add(new(text["StatementLink"], text["LinkWhat", model.Service.Organisation.Here()]));
        return new(lines);

        string Manner(MyData.Core.Catalog.SignInClaim claim) => text[claim.Required ? "Required" : "Optional"];
    }
}
