using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using MyData.Core.Ledger;
using MyData.Core.Recording;
using MyData.Web.Features.History;

namespace MyData.Web.Features.Watch;

/// <summary>The records that a question finds, newest first, as a file; written as they are found.</summary>
public sealed class RecordsExport(LedgerRecords records)
{
    /// <summary>Records in one file.</summary>
    public const int Most = 10_000;

    // The log is searched from its end; so far back one file looks.
    private const long MostLooked = 1_000_000;
    private const int FlushEvery = 200;

    private static readonly string[] Columns =
    [
        "year",
        "index",
        "t",
        "via",
        "op",
        "from",
        "to",
        "why",
        "res",
        "n",
        "act",
        "id",
        "kid",
    ];

    /// <summary>The year that is asked for; else the newest that there is.</summary>
    public static int Year(IQueryCollection query, OpenLogs logs) =>
        int.TryParse(query["year"], NumberStyles.None, CultureInfo.InvariantCulture, out var year)
        && logs.Find(year) is not null
            ? year
            : logs.All.Select(log => log.Year).DefaultIfEmpty().Max();

    /// <summary>CSV by RFC 4180, a column a member.</summary>
    public async Task CsvAsync(int year, RecordFilter filter, Stream output, CancellationToken token)
    {
        await using var writer = new StreamWriter(output, new UTF8Encoding(true), leaveOpen: true);
        writer.NewLine = "\r\n";
        await writer.WriteLineAsync(string.Join(',', Columns));
        await foreach (var one in FindAsync(year, filter, token))
            await writer.WriteLineAsync(string.Join(',', Fields(year, one).Select(HistoryExport.Cell)));
    }

    /// <summary>The records as they stand in the log, each with its place.</summary>
    public async Task JsonAsync(int year, RecordFilter filter, Stream output, CancellationToken token)
    {
        await using var writer = new Utf8JsonWriter(
            output,
            // A file, never a page.
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
        writer.WriteStartObject();
        writer.WriteString("format", "mydata-records");
        writer.WriteNumber("year", year);
        writer.WriteStartArray("records");
        var written = 0;
        await foreach (var one in FindAsync(year, filter, token))
        {
            writer.WriteStartObject();
            writer.WriteNumber("index", one.Index);
            writer.WritePropertyName("entry");
            writer.WriteRawValue(one.Entry);
            writer.WriteEndObject();
            if (++written % FlushEvery == 0)
                await writer.FlushAsync(token);
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private async IAsyncEnumerable<PlacedRecord> FindAsync(
        int year,
        RecordFilter filter,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token
    )
    {
        var (found, looked) = (0, 0L);
        for (long? before = null; ; )
        {
            if (await records.PageAsync(year, filter, before, token) is not { } page)
                yield break;
            foreach (var one in page.Records)
            {
                // What is no record any more is for the audit, and would spoil the file.
                if (one.Record is null)
                    continue;
                yield return one;
                if (++found == Most)
                    yield break;
            }
            looked += page.Looked;
            if (page.Next is not { } next || looked >= MostLooked)
                yield break;
            before = next;
        }
    }

    private static IEnumerable<string> Fields(int year, PlacedRecord one)
    {
        var record = one.Record!;
        return
        [
            year.ToString(CultureInfo.InvariantCulture),
            one.Index.ToString(CultureInfo.InvariantCulture),
            record.Time.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
            record.Via,
            record.Operation,
            record.From,
            record.To,
            record.Reason,
            record.Result,
            record.Persons.ToString(CultureInfo.InvariantCulture),
            record.Actor is { } actor ? System.Buffers.Text.Base64Url.EncodeToString(actor) : "",
            record.Id.ToString(),
            record.Kid,
        ];
    }
}
