using System.Net;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using MyData.Core.Citizens;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Tests.Support;

namespace MyData.Tests.LedgerApi;

/// <summary>Persons whom callers name: one key for one person, whether she had an account then or not, and her number nowhere.</summary>
public abstract class PersonsTests(ApiHouse house)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task NamedBeforeHerAccount_IsFoundByHerKeyAfterwards()
    {
        var persona = SandboxSteps.Persona("lin");
        var first = await house.AddAsync(house.Caller.EnvelopeOf(persona.Id.Value));
        var second = await house.AddAsync(house.Caller.EnvelopeOf(persona.Id.Value));
        var pseudonym = house.Portal.Services.GetRequiredService<CitizenAccounts>().PseudonymOf(persona.Id);
        Assert.Single(await NamedAsync(pseudonym));
        using var citizen = house.Portal.Visitor();
        await citizen.SignInFirstTimeAsync(persona);
        var third = await house.AddAsync(house.Caller.EnvelopeOf(persona.Id.Value));

        var account = await house.Portal.ReadAsync(db => db.Set<Citizen>().SingleAsync());
        var row = await house.Portal.ReadAsync(db =>
            db.Set<LedgerPersonRow>().SingleAsync(person => person.CitizenId == account.Id)
        );
        var key = house.Portal.Services.GetRequiredService<PersonKeys>().Open(row.Key!, account.Id);
        var log = house.Portal.Services.GetRequiredService<OpenLogs>().Current!;
        var tags = Enumerable.Range(0, 40).Select(i => PersonTag.Compute(key, log.Origin, log.Year, i)).ToList();
        Assert.Equal([0, 1], new[] { first, second }.Select(Place));
        Assert.True(Place(third) > 1);
        // Nothing of the first key is left beside it.
        Assert.Empty(await NamedAsync(pseudonym));

        int Place(ApiAnswer answer) =>
            tags.FindIndex(tag => tag.SequenceEqual(LedgerRecord.Parse(Encoding.UTF8.GetBytes(answer.Entry)).Tags[0]));
    }

    [Fact]
    public async Task Number_IsInNoFileAndNoLogLine_AndWouldBeFound()
    {
        Assert.SkipWhen(
            !house.Portal.Database.StartsWith("Data Source=", StringComparison.Ordinal),
            "Looks into the files of the portal's folder."
        );
        var number = NationalId.Complete("B24681357").Value;
        var answer = await house.AddAsync(house.Caller.EnvelopeOf(number));
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        var refused = await house.AddAsync(
            house.Caller.EnvelopeOf(number).Replace("\"ok\"", "\"no\"", StringComparison.Ordinal)
        );
        Assert.Equal("record.signature", refused.Code);
        var wrong = await house.AddAsync(
            house.Caller.EnvelopeOf(number).Replace(number, $"{number}x", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(number, wrong.Json!.ToJsonString(), StringComparison.Ordinal);
        Assert.Empty(await FilesWithAsync(number));
        Assert.DoesNotContain(house.Portal.Log.All, line => line.Contains(number, StringComparison.Ordinal));

        // The same search finds what is there: the tag's text stands in the database, and a planted number in a file.
        var tag = LedgerRecord.Parse(Encoding.UTF8.GetBytes(answer.Entry)).Tags[0];
        Assert.NotEmpty(await FilesWithAsync(System.Buffers.Text.Base64Url.EncodeToString(tag)));
        var planted = Path.Combine(house.Portal.Folder, "planted");
        await File.WriteAllTextAsync(planted, $"x{number}x", Stop);
        Assert.Equal([planted], await FilesWithAsync(number));
        File.Delete(planted);
    }

    private Task<List<LedgerNamedRow>> NamedAsync(string pseudonym) =>
        house.Portal.ReadAsync(db =>
            db.Set<LedgerNamedRow>().Where(named => named.Pseudonym == pseudonym).ToListAsync()
        );

    private async Task<List<string>> FilesWithAsync(string text)
    {
        var found = new List<string>();
        var files = Directory.EnumerateFiles(house.Portal.Folder, "*", SearchOption.AllDirectories);
        // A socket, an empty file that is held, and what is written now and held until it has its name: nothing is kept in them.
        foreach (var file in files.Where(file => Path.GetExtension(file) is not (".operator" or ".lock" or ".new")))
        {
            await using var stream = new FileStream(
                file,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite | FileShare.Delete
            );
            var bytes = new MemoryStream();
            await stream.CopyToAsync(bytes, Stop);
            if (bytes.ToArray().AsSpan().IndexOf(Encoding.UTF8.GetBytes(text)) >= 0)
                found.Add(file);
        }
        return found;
    }
}

public sealed class SqlitePersonsTests(ApiHouse house) : PersonsTests(house), IClassFixture<ApiHouse>;

public sealed class PostgresPersonsTests(PostgresApiHouse house) : PersonsTests(house), IClassFixture<PostgresApiHouse>;
