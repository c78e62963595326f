using System.Text.Encodings.Web;
using System.Text.Json;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Personas;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>Builds and signs a package (protocols.md A3).</summary>
public static class Packages
{
    private static readonly JsonSerializerOptions Readable = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="job">The call that it answers.</param>
    /// <param name="subject">Whose record it is; another person's only where the agency misbehaves.</param>
    /// <param name="record">What was found; fields that were not asked for are left out.</param>
    public static byte[] Write(AgencyJob job, Persona subject, AgencyRecord record)
    {
        var wantsCsv = record.Csv.Length > 0 && (job.Fields.Count == 0 || job.Fields.Contains(record.CsvField));
        var data = SandboxSchemas.Only(record.Data, job.Fields);
        var json = JsonSerializer.SerializeToUtf8Bytes(data, Readable);
        return job.IsNative
            ? Native(job, subject, [.. data.Select(p => p.Key)], json, wantsCsv ? record.Csv : default)
            : National(job, json);
    }

    private static byte[] Native(AgencyJob job, Persona subject, string[] fields, byte[] json, ReadOnlyMemory<byte> csv)
    {
        var content = new PackageContent
        {
            DataSet = job.DataSet.Id,
            SchemaVersion = job.DataSet.SchemaVersion,
            TransferId = job.Transfer,
            Subject = SubjectHash.Of(subject.Id.Value),
            Fields = fields,
            IssuedAt = job.Now,
            Files = csv.IsEmpty ? [new("data.json", json)] : [new("data.json", json), new("data.csv", csv)],
        };
        return job.Keys.WithPackageKey(key => PackageWriter.Write(content, key, job.Keys.Certificate));
    }

    private static byte[] National(AgencyJob job, byte[] json)
    {
        var zip = new LooseZip();
        zip.Files.Add(("data.json", json));
        return job.Keys.WithPackageKey(key => zip.List().Write(key, job.Keys.Certificate.RawData));
    }
}
