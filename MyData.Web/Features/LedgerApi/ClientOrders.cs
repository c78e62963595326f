using System.Globalization;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Web.Features.Staff;

namespace MyData.Web.Features.LedgerApi;

/// <summary>Carries out what the commands <c>ledger client</c>, <c>ledger holds</c> and <c>ledger syslog</c> ask of the running portal.</summary>
public sealed class ClientOrders(ClientKeys keys, LedgerHolds holds, SyslogFigures figures, SyslogListener syslog)
{
    public async Task<OperatorAnswer> RunAsync(IReadOnlyList<string> words, CancellationToken token) =>
        words switch
        {
            ["client", "add", var client, var key] => await AddAsync(client, key, token),
            ["client", "certify", var client, var der] => await CertifyAsync(client, der, token),
            ["syslog", "status"] => new(OperatorAnswer.Done, Status()),
            ["client", "list"] => new(OperatorAnswer.Done, List(await keys.ListAsync(token))),
            ["client", "hold", var client, "on"] => await holds.AllowAsync(client, token)
                ? new(OperatorAnswer.Done, $"{client} may have the display of its records held from now on.")
                : OperatorAnswer.NotDone($"{client} has no key that is good, or may already."),
            ["client", "hold", var client, "off"] => await holds.EndAsync(client, token)
                ? new(OperatorAnswer.Done, $"{client} has nothing held any more; what is held stays so until its day.")
                : OperatorAnswer.NotDone($"{client} might not anyway."),
            ["holds"] => new(OperatorAnswer.Done, await HoldsAsync(token)),
            ["client", "revoke", var client, var kid] => await RevokeAsync(client, kid, token),
            _ => OperatorAnswer.NotUnderstood("The portal that runs here is of another version than this command."),
        };

    private async Task<OperatorAnswer> AddAsync(string client, string der, CancellationToken token)
    {
        if (!ClientKeys.IsName(client))
            return OperatorAnswer.NotUnderstood(LedgerCommand.NameRule);
        var key = CallerKey.Parse(Convert.FromBase64String(der));
        return await keys.AddAsync(client, key, token)
            ? new(OperatorAnswer.Done, $"{client} signs by this key from now on ({key.Algorithm}); kid:\n{key.Kid}")
            : OperatorAnswer.NotDone($"{client} has this key already, or had it: a revoked key does not come back.");
    }

    private async Task<OperatorAnswer> CertifyAsync(string client, string der, CancellationToken token)
    {
        if (!ClientKeys.IsName(client))
            return OperatorAnswer.NotUnderstood(LedgerCommand.NameRule);
        var certificate = ClientCertificate.Parse(Convert.FromBase64String(der));
        return await keys.AddAsync(client, certificate, token)
            ? new(
                OperatorAnswer.Done,
                $"{client} may send syslog under this certificate until {Time(certificate.Until)}; kid:\n{certificate.Kid}"
            )
            : OperatorAnswer.NotDone(
                "This certificate is somebody's already, or was: a revoked one does not come back."
            );
    }

    private string Status()
    {
        var head = syslog.Address is { } address ? $"Syslog over TLS at {address}." : "Nobody listens for syslog.";
        var senders = figures.All.Select(one =>
        {
            var refused = one.Refused.OrderBy(code => code.Key, StringComparer.Ordinal);
            var codes = string.Concat(refused.Select(code => $"\n    refused {code.Key}: {code.Value}"));
            var last = one.Last is { } at ? $", last {Time(at)}" : "";
            return $"\n{one.Client}  {one.Connections} open, {one.Taken} recorded{last}{codes}";
        });
        return head + string.Concat(senders);
    }

    private async Task<string> HoldsAsync(CancellationToken token)
    {
        var rights = await holds.RightsAsync(token);
        var may = rights.Select(right => $"{right.Client}  may hold since {Time(right.GivenAt)}");
        var held = (await holds.ListAsync(token)).Select(hold =>
            $"{hold.Client}  {hold.Entry:D}  until {Time(hold.Until)}  {hold.By}  set {Time(hold.SetAt)}"
        );
        string[] lines = [.. may, .. held];
        return lines.Length > 0 ? string.Join('\n', lines) : "Nobody may have a display held, and none is.";
    }

    private async Task<OperatorAnswer> RevokeAsync(string client, string kid, CancellationToken token) =>
        await keys.RevokeAsync(client, kid, token)
            ? new(OperatorAnswer.Done, $"{client} records nothing new by {kid}; what is recorded stands.")
            : OperatorAnswer.NotDone($"{client} has no such key that is good; 'ledger client list' shows them.");

    private static string List(IReadOnlyList<ClientKey> all) =>
        all.Count == 0
            ? "Nobody yet: 'ledger client add NAME FILE' registers a key."
            : string.Join('\n', all.Select(key => $"{key.Client}  {key.Kid}  {key.Algorithm}  {Time(key)}"));

    private static string Time(ClientKey key) =>
        $"since {Time(key.AddedAt)}{(key.RevokedAt is { } at ? $", revoked {Time(at)}" : "")}";

    private static string Time(DateTimeOffset at) =>
        at.ToOffset(TimeSpan.FromHours(8)).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
}
