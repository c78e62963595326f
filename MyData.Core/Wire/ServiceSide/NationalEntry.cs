using System.Text;
using MyData.Core.Catalog;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.OpenId;
using MyData.Core.Services;

namespace MyData.Core.Wire.ServiceSide;

/// <summary>An entry as it came: the path's three parts, and two parameters.</summary>
public sealed record EntryRequest
{
    public required string ClientId { get; init; }
    public required string DataSets { get; init; }
    public required string TxId { get; init; }
    public string? ReturnUrl { get; init; }
    public string? Pid { get; init; }

    /// <summary>Who is signed in; null: nobody.</summary>
    public Guid? CitizenId { get; init; }

    public required EntryOrigin From { get; init; }
}

/// <summary>What is done with an entry.</summary>
public abstract record EntryAnswer
{
    private EntryAnswer() { }

    /// <summary>A request that was not there before.</summary>
    public sealed record Opened(Guid RequestId) : EntryAnswer;

    /// <summary>The transaction came before, and is at its beginning: whoever holds it goes on there, anybody else is refused.</summary>
    public sealed record Again(ServiceRequest Request, string Refused) : EntryAnswer;

    /// <summary>Back to the registered address, with a code.</summary>
    public sealed record Back(string Address) : EntryAnswer;

    /// <summary>Nothing says where she may be led to: a page of ours.</summary>
    public sealed record Page(int Status, string Code) : EntryAnswer;
}

/// <summary>
/// <c>GET /service/{client_id}/{data sets}/{tx_id}?returnUrl=…&amp;pid=…</c> (protocols.md B2). Until the address to lead back to is the registered
/// one nobody is led anywhere; all is checked before anything is shown.
/// </summary>
public sealed class NationalEntry(
    OnlineServices services,
    Catalogue catalogue,
    PushedRequests requests,
    NationalRequests national,
    EntryPlaces places,
    NationalPersons persons,
    NationalReturn back
)
{
    private const int LongestTxId = 64;
    private const int LongestPath = 2_048;
    private const int LongestUrl = 1_024;
    private const int MostDataSets = 32;

    public async Task<EntryAnswer> EnterAsync(EntryRequest entry, CancellationToken token = default)
    {
        if (await services.FindAsync(entry.ClientId, token) is not { National: { } client } service)
            return new EntryAnswer.Page(NationalReturn.NotAllowed, WireCodes.Client);
        if (QueryOf(service, entry.ReturnUrl) is not { } query)
            return new EntryAnswer.Page(NationalReturn.WrongReturnUrl, WireCodes.ReturnUrl);
        var txId = IsTxId(entry.TxId) ? entry.TxId : null;
        if (txId is null || !TryRead(entry.DataSets, out var ids))
            return Back(NationalReturn.BadPath);
        if (ids.Count == 0)
            return Back(NationalReturn.NoIds);
        if (ids.Any(id => service.Item(id) is null))
            return Back(NationalReturn.NotAllowed);
        var items = new List<RequestedItem>();
        foreach (var id in ids)
            items.Add(ItemOf(service, id));
        if (await ProblemAsync(items, token) is { } problem)
            return Back(problem);
        string? person = null;
        if (entry.Pid is { Length: > 0 } pid && !TryPerson(client, pid, out person))
            return Back(NationalReturn.NotAllowed);
        return await OpenAsync(entry, service, ContentOf(service, items, txId, query, person), token);

        EntryAnswer.Back Back(int code) => new(back.Address(service, txId, query, code));
    }

    private async Task<EntryAnswer> OpenAsync(
        EntryRequest entry,
        OnlineServiceListing service,
        RequestContent content,
        CancellationToken token
    )
    {
        var (txId, query) = (content.National!.TxId, content.National.Query);
        var id = Ids.New();
        var has = await places.TakeAsync(service.Id, entry.From, id, token);
        var opened = false;
        try
        {
            if (has && (opened = await national.OpenAsync(id, service, content, token)))
                return new EntryAnswer.Opened(id);
        }
        catch (ServiceException refused) when (refused.Code == ServiceCodes.Suspended)
        {
            return new EntryAnswer.Back(back.Address(service, txId, query, NationalReturn.Suspended));
        }
        catch (ServiceException refused)
        {
            return new EntryAnswer.Page(429, refused.Code);
        }
        finally
        {
            if (opened)
                places.Keep(service.Id, entry.From, id);
            else if (has)
                places.Leave(service.Id, entry.From, id);
        }
        var address = back.Address(service, txId, query, NationalReturn.NotAllowed);
        // Who loads her page again needs no place.
        return await national.FindAsync(entry.CitizenId, service.Id, txId, token) is { } known
                ? new EntryAnswer.Again(known, address)
            : has ? new EntryAnswer.Back(address)
            : new EntryAnswer.Page(429, WireCodes.Network);
    }

    /// <summary>
    /// The address up to "?" is the registered one, character by character (RFC 9700 §2.1). Its query goes back as it came, so what could be taken
    /// for ours, or for the end of a header, is not taken.
    /// </summary>
    /// <returns>Its query, perhaps empty; null where she is not to be led there.</returns>
    private string? QueryOf(OnlineServiceListing service, string? returnUrl)
    {
        if (returnUrl is null || returnUrl.Length > LongestUrl)
            return null;
        var mark = returnUrl.IndexOf('?');
        var (url, query) = mark < 0 ? (returnUrl, "") : (returnUrl[..mark], returnUrl[(mark + 1)..]);
        if (url != back.Registered(service) || !query.All(IsOfQuery))
            return null;
        // Some read names in any case.
        var names = query.Split('&').Select(one => Uri.UnescapeDataString(one.Split('=')[0]).ToLowerInvariant());
        return names.Any(name => name is "code" or "tx_id") ? null : query;
    }

    // RFC 3986 §3.4; no fragment, and no semicolon, which some take for "&".
    private static bool IsOfQuery(char c) => char.IsAsciiLetterOrDigit(c) || "-._~!$&'()*+,=:@/?%".Contains(c);

    // What goes back is encrypted as pid is: an ID number given as tx_id would come back as its pid.
    private static bool IsTxId(string text) =>
        text.Length is > 0 and <= LongestTxId
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
        && !NationalId.TryParse(text, out _);

    // Written by services of all kinds: padded or not, either alphabet.
    private static bool TryRead(string text, out IReadOnlyList<string> ids)
    {
        ids = [];
        if (text.Length > LongestPath)
            return false;
        var plain = text.Replace('-', '+').Replace('_', '/').Replace(' ', '+').TrimEnd('=');
        var bytes = new byte[plain.Length];
        if (!Convert.TryFromBase64String(plain + new string('=', (4 - plain.Length % 4) % 4), bytes, out var length))
            return false;
        if (bytes.AsSpan(0, length).IndexOfAnyExceptInRange((byte)' ', (byte)'~') >= 0)
            return false;
        ids = Encoding.ASCII.GetString(bytes, 0, length).Split(':', StringSplitOptions.RemoveEmptyEntries);
        return ids.Count <= MostDataSets && ids.Distinct(StringComparer.Ordinal).Count() == ids.Count;
    }

    private static RequestedItem ItemOf(OnlineServiceListing service, string id) =>
        new()
        {
            DataSet = id,
            Fields = service.Item(id)!.Fields,
            Parameters = new Dictionary<string, string>(),
            // All or nothing.
            Required = true,
        };

    private async Task<int?> ProblemAsync(IReadOnlyList<RequestedItem> items, CancellationToken token)
    {
        foreach (var item in items)
            if (await catalogue.FindAsync(item.DataSet, token) is not { Listed: true })
                return NationalReturn.Stopped;
        try
        {
            foreach (var item in items)
                await requests.RequireAsync(item, standing: false, token);
            return null;
        }
        catch (OpenIdException)
        {
            // Registered in a way in which its agency does not give it.
            return NationalReturn.NotAllowed;
        }
    }

    private bool TryPerson(NationalClient client, string pid, out string? person)
    {
        person =
            SharedSecret.TryDecrypt(client, pid, out var text) && NationalId.TryParse(text, out var id)
                ? persons.Mark(id)
                : null;
        return person is not null;
    }

    private RequestContent ContentOf(
        OnlineServiceListing service,
        IReadOnlyList<RequestedItem> items,
        string txId,
        string query,
        string? person
    ) =>
        new()
        {
            RedirectUri = back.Registered(service),
            Challenge = "",
            Purpose = service.PurposeCode,
            Retention = service.Retention,
            RecipientKid = "",
            RecipientThumbprint = "",
            Items = items,
            National = new NationalRequest
            {
                TxId = txId,
                Query = query,
                Person = person,
            },
        };
}

/// <summary>Whom a service means, and whether that is who signed in: compared by keyed pseudonyms, so that no ID number is stored for it.</summary>
public sealed class NationalPersons(CitizenAccounts accounts, PersonalDataVault vault)
{
    internal string Mark(NationalId id) => vault.Pseudonym(id.Value, "wire-person");

    public async Task<bool> IsAsync(Guid citizenId, string mark, CancellationToken token = default) =>
        Mark((await accounts.IdentityAsync(citizenId, token)).Id) == mark;
}
