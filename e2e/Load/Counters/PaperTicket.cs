using System.Security.Cryptography;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Load.Browsing;
using MyData.Load.Flows;
using MyData.Tests.Support;

namespace MyData.Load.Counters;

/// <summary>A printed ticket, with the key that opens its package and the characters of the card that go with it.</summary>
public sealed record PaperTicket(string Number, byte[] Secret, string Card)
{
    private const string Service = "household-move";
    private const string Letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

    /// <summary>What a scanner types: number and secret.</summary>
    public string Code => $"{Number}.{Crockford(Secret)}";

    public Jwk Key => ContentKeys.PrintedJwk(Number, Secret);

    /// <summary>Her part up to the printed page: agree, wrap the content key for the secret, send the entry.</summary>
    public static async Task<PaperTicket> MakeAsync(
        Browser browser,
        Consent consent,
        Person person,
        CancellationToken token
    )
    {
        var asked = await browser.GetAsync($"/counters/{Service}/show", token);
        var page = await browser.SubmitAsync(asked, "id=\"counter-decide\"", token, ("decision", "paper"));
        using var model = JsonDocument.Parse(page.Block("ticket-data"));
        var ticket = model.RootElement.GetProperty("ticketId").GetGuid();
        var made = new PaperTicket(
            model.RootElement.GetProperty("number").GetString()!,
            RandomNumberGenerator.GetBytes(16),
            person.Id[^4..]
        );
        var calls = new Calls(browser, page);
        using var heads = JsonDocument.Parse(await calls.GetAsync($"/counter/tickets/{ticket}/heads", token));
        var entries = heads
            .RootElement.EnumerateObject()
            .Select(head =>
                $"\"{head.Name}\":{ContentKeys.EntryFor(head.Value.GetString()!, consent.Key.Key, made.Number, made.Secret)}"
            );
        await calls.PostAsync(
            $"/counter/tickets/{ticket}/print",
            token,
            ("entries", $"{{{string.Join(',', entries)}}}")
        );
        return made;
    }

    private static string Crockford(byte[] bytes)
    {
        var bits = string.Concat(bytes.Select(b => Convert.ToString(b, 2).PadLeft(8, '0'))).PadRight(130, '0');
        return string.Concat(
            Enumerable.Range(0, 26).Select(n => Letters[Convert.ToInt32(bits.Substring(n * 5, 5), 2)])
        );
    }
}
