using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Localization;
using MyData.Core.History;
using MyData.Web.Hosting;

namespace MyData.Web.Features.History;

/// <summary>Writes her history to a file as it is read, line by line. README.md beside it documents both shapes.</summary>
public sealed class HistoryExport(HistoryWords words, IStringLocalizer<HistoryText> text)
{
    private const int FlushEvery = 100;
    private static readonly TimeSpan Taipei = TimeSpan.FromHours(8);

    /// <summary>CSV by RFC 4180, UTF-8 with a byte order mark, every field safe to open in a spreadsheet.</summary>
    public async Task CsvAsync(IAsyncEnumerable<HistoryLine> lines, Stream output, CancellationToken cancellationToken)
    {
        await using var writer = new StreamWriter(output, new UTF8Encoding(true), leaveOpen: true);
        writer.NewLine = "\r\n";
        await writer.WriteLineAsync(Row(Columns().Select(column => text[column].Value)));
        await foreach (var line in lines.WithCancellation(cancellationToken))
            await writer.WriteLineAsync(Row(Fields(line, await words.OfAsync(line, cancellationToken))));
    }

    public async Task JsonAsync(
        IAsyncEnumerable<HistoryLine> lines,
        HistoryFilter filter,
        DateTimeOffset now,
        Stream output,
        CancellationToken cancellationToken
    )
    {
        await using var writer = new Utf8JsonWriter(
            output,
            // A file, never a page: Chinese may stand as it is.
            new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
        );
        writer.WriteStartObject();
        writer.WriteString("format", "mydata-history");
        writer.WriteNumber("version", 1);
        writer.WriteString("exported_at", Time(now));
        writer.WriteString("language", CultureInfo.CurrentUICulture.Name);
        WriteFilter(writer, filter);
        writer.WriteStartArray("lines");
        var written = 0;
        await foreach (var line in lines.WithCancellation(cancellationToken))
        {
            WriteLine(writer, line, await words.OfAsync(line, cancellationToken));
            if (++written % FlushEvery == 0)
                await writer.FlushAsync(cancellationToken);
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <summary>
    /// A field of RFC 4180. A spreadsheet takes what begins like a formula for one: an apostrophe before it keeps it text.
    /// Full-width signs count in East Asian editions.
    /// </summary>
    public static string Cell(string value)
    {
        var safe = value
            is ['=' or '+' or '-' or '@' or '\t' or '\r' or '\n' or '\uFF1D' or '\uFF0B' or '\uFF0D' or '\uFF20', ..]
            ? "'" + value
            : value;
        return safe.AsSpan().IndexOfAny("\",\r\n") < 0
            ? safe
            : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    private static string Row(IEnumerable<string> fields) => string.Join(',', fields.Select(Cell));

    private static string[] Columns() =>
        [
            "CsvNumber",
            "CsvTime",
            "CsvWho",
            "CsvWhat",
            "CsvWhy",
            "CsvAgency",
            "CsvDataSet",
            "CsvResult",
            "CsvReason",
            "CsvCode",
            "CsvKind",
            "CsvConsent",
            "CsvTransfer",
        ];

    private static string[] Fields(HistoryLine line, LineWords said) =>
        [
            line.Id.ToString(CultureInfo.InvariantCulture),
            Time(line.At),
            said.Who,
            said.Plain,
            said.Why,
            said.DataSet?.Provider.Name.Here() ?? "",
            line.DataSetId is null ? "" : said.DataSets,
            said.Result,
            said.Reason ?? "",
            line.Code,
            line.Kind,
            line.ConsentId?.ToString() ?? "",
            line.TransferId?.ToString() ?? "",
        ];

    private static void WriteLine(Utf8JsonWriter writer, HistoryLine line, LineWords said)
    {
        writer.WriteStartObject();
        writer.WriteNumber("number", line.Id);
        writer.WriteString("at", Time(line.At));
        writer.WriteString("kind", line.Kind);
        writer.WriteString("actor", line.Actor);
        writer.WriteString("who", said.Who);
        writer.WriteString("what", said.Plain);
        writer.WriteString("why", said.Why);
        writer.WriteString("purpose", line.Purpose);
        writer.WriteString("result", line.Result.ToString().ToLowerInvariant());
        writer.WriteString("result_words", said.Result);
        writer.WriteString("code", line.Code);
        writer.WriteString("reason", said.Reason);
        writer.WriteString("data_set", line.DataSetId);
        writer.WriteString("data_set_name", line.DataSetId is null ? null : said.DataSets);
        writer.WriteString("agency", said.DataSet?.Provider.Id);
        writer.WriteString("agency_name", said.DataSet?.Provider.Name.Here());
        writer.WriteString("consent", line.ConsentId?.ToString());
        writer.WriteString("transfer", line.TransferId?.ToString());
        writer.WriteString("receipt", line.ConsentId is { } consent ? HistoryUrls.Receipt(consent) : null);
        writer.WriteStartObject("details");
        foreach (var (name, value) in line.Details)
        {
            writer.WritePropertyName(name);
            value.WriteTo(writer);
        }
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteFilter(Utf8JsonWriter writer, HistoryFilter filter)
    {
        writer.WriteStartObject("filter");
        writer.WriteString("topic", filter.Topic?.ToString().ToLowerInvariant());
        writer.WriteString("data_set", filter.DataSetId);
        writer.WriteString("from", filter.From is null ? null : HistoryFilterQuery.Write(filter.From));
        writer.WriteString("to", filter.To is null ? null : HistoryFilterQuery.Write(filter.To));
        writer.WriteString("result", filter.Result?.ToString().ToLowerInvariant());
        writer.WriteEndObject();
    }

    private static string Time(DateTimeOffset at) =>
        at.ToOffset(Taipei).ToString("yyyy-MM-dd'T'HH:mm:sszzz", CultureInfo.InvariantCulture);
}
