using System.Globalization;
using MyData.Core.Catalog;
using MyData.Core.Data;
using MyData.Core.Staff;
using MyData.Web.Features.Ledger;
using MyData.Web.Features.LedgerApi;
using MyData.Web.Features.Report;

namespace MyData.Web.Features.Staff;

/// <summary>Carries out what the commands <c>operator</c> and <c>ledger</c> ask of the running portal.</summary>
public sealed class OperatorOrders(
    StaffRoster roster,
    StaffInvitations invitations,
    CounterServices services,
    IIssuer issuer,
    ClientOrders clients,
    ReportOrders reports,
    ScrubOrders scrub
)
{
    private const int ShortId = 8;

    public async Task<OperatorAnswer> RunAsync(IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        if (words is [ReportCommand.Name, ..])
            return await reports.RunAsync([.. words.Skip(1)], cancellationToken);
        if (words is [LedgerCommand.Name, "scrub"])
            return await scrub.RunAsync(cancellationToken);
        if (words is [LedgerCommand.Name, ..])
            return await clients.RunAsync([.. words.Skip(1)], cancellationToken);
        var all = await roster.ListAsync(cancellationToken);
        return words switch
        {
            ["list"] => new(OperatorAnswer.Done, List(all)),
            ["add", var name, StaffRoles.Clerk, var office] => await AddClerkAsync(name, office, cancellationToken),
            ["link", var who] => Link(all, who),
            ["revoke", var passkey] => await RevokeAsync(all, passkey, cancellationToken),
            ["remove", var who] => await RemoveAsync(all, who, cancellationToken),
            _ => OperatorAnswer.NotUnderstood("The portal that runs here is of another version than this command."),
        };
    }

    /// <summary>What she may scan is what the services of her office let her: one that nobody names now might be anybody's later.</summary>
    private async Task<OperatorAnswer> AddClerkAsync(string name, string office, CancellationToken token)
    {
        var offices = (await services.ListAsync(token)).SelectMany(service => service.Offices).Select(one => one.Id);
        return offices.Contains(office)
            ? OperatorAnswer.Link(
                name,
                StaffUrls.Invitation(issuer.Value, invitations.Create(name, StaffRoles.Clerk, office))
            )
            : OperatorAnswer.NotDone(
                $"No service has an office '{office}'; there are: {string.Join(", ", offices.Distinct().Order(StringComparer.Ordinal))}."
            );
    }

    private OperatorAnswer Link(IReadOnlyList<StaffEntry> all, string who) =>
        Meant(all, who) is [{ LeftAt: null } member]
            ? OperatorAnswer.Link(member.Name, StaffUrls.Invitation(issuer.Value, invitations.Create(member)))
            : NotOne(all, who);

    private async Task<OperatorAnswer> RevokeAsync(
        IReadOnlyList<StaffEntry> all,
        string passkey,
        CancellationToken cancellationToken
    )
    {
        var hers = all.SelectMany(m => m.Passkeys.Select(p => (Member: m, Passkey: p)));
        if (hers.Where(one => Is(one.Passkey.Id, passkey)).ToList() is not [var (member, lost)])
            return OperatorAnswer.NotDone($"No passkey is '{passkey}'; 'operator list' shows their ids.");
        if (!await roster.RemovePasskeyAsync(lost.Id, cancellationToken))
            return OperatorAnswer.NotDone($"Somebody was first: passkey {passkey} is gone.");
        var left = member.Passkeys.Count - 1;
        return new(
            OperatorAnswer.Done,
            $"Passkey {Short(lost.Id)} of {member.Name} is taken away, and she is signed out everywhere. "
                + (left > 0 ? $"She has {left} more." : $"It was her last one: 'operator link {Short(member.Id)}'.")
        );
    }

    private async Task<OperatorAnswer> RemoveAsync(
        IReadOnlyList<StaffEntry> all,
        string who,
        CancellationToken cancellationToken
    )
    {
        if (Meant(all, who) is not [{ LeftAt: null } member])
            return NotOne(all, who);
        return await roster.RemoveAsync(member.Id, cancellationToken)
            ? new(
                OperatorAnswer.Done,
                $"{member.Name} ({Short(member.Id)}) has left: her passkeys, links and sessions have ended. What she did keeps her name."
            )
            : OperatorAnswer.NotDone($"Somebody was first: {member.Name} had left already.");
    }

    /// <summary>Whom these words mean: those who work here before those who have left.</summary>
    private static List<StaffEntry> Meant(IReadOnlyList<StaffEntry> all, string who)
    {
        var meant = all.Where(m => Is(m.Id, who) || m.Name.Equals(who.Trim(), StringComparison.OrdinalIgnoreCase));
        var here = meant.Where(m => m.LeftAt is null).ToList();
        return here.Count > 0 ? here : [.. meant];
    }

    private static OperatorAnswer NotOne(IReadOnlyList<StaffEntry> all, string who) =>
        OperatorAnswer.NotDone(
            Meant(all, who) switch
            {
                [] => $"Nobody is '{who}'; 'operator list' shows who there is.",
                [.., { LeftAt: { } left } last] => $"{last.Name} left on {Time(left)}.",
                var several => $"'{who}' is more than one; take the id:\n{List(several)}",
            }
        );

    private static string List(IReadOnlyList<StaffEntry> members) =>
        members.Count == 0
            ? "Nobody yet: 'operator add NAME' invites somebody."
            : string.Join('\n', members.SelectMany(Lines));

    private static IEnumerable<string> Lines(StaffEntry member)
    {
        var until = member.LeftAt is { } left ? $", left {Time(left)}" : "";
        yield return $"{Short(member.Id)}  {member.Name}  ({member.Role}{(member.Office is { } at ? $" at {at}" : "")}, since {Time(member.CreatedAt)}{until})";
        foreach (var passkey in member.Passkeys)
        {
            var used = passkey.LastUsedAt is { } last ? $"last used {Time(last)}" : "not used since";
            yield return $"    passkey {Short(passkey.Id)}  made {Time(passkey.CreatedAt)}, {used}";
        }
        if (member is { LeftAt: null, Passkeys.Count: 0 })
            yield return $"    no passkey: 'operator link {Short(member.Id)}'";
    }

    private static bool Is(Guid id, string word) =>
        word.Length >= ShortId && id.ToString("N").EndsWith(word, StringComparison.OrdinalIgnoreCase);

    // The end is the random part of an id.
    private static string Short(Guid id) => id.ToString("N")[^ShortId..];

    private static string Time(DateTimeOffset at) =>
        at.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
