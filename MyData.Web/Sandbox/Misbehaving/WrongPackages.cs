using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Keys;
using MyData.Web.Sandbox.Personas;

namespace MyData.Web.Sandbox.Misbehaving;

/// <summary>Packages that lie: about whose they are, about what is signed, or about what is in them.</summary>
public static class WrongPackages
{
    private const string Data = "data.json";
    private const int BombBytes = 220 * 1024 * 1024;

    /// <summary>Everything is another person's, and the head says so too.</summary>
    public static Task OtherPersonAsync(AgencyJob job) =>
        job.SendBodyAsync(
            job.Wrap(Good(job, Other(job)), subject: $"{job.Subject[..Math.Min(16, job.Subject.Length)]}-other")
        );

    /// <summary>The head names the right person, the package holds another's data.</summary>
    public static Task OtherPersonInsideAsync(AgencyJob job) => job.SendAsync(Good(job, Other(job)));

    /// <summary>A good package of the right person, sealed for another transfer.</summary>
    public static Task OtherTransferAsync(AgencyJob job) =>
        job.SendBodyAsync(
            (job with { Transfer = "01900000-0000-7000-8000-000000000000" }).Wrap(Good(job, job.Persona))
        );

    /// <summary>One character of the cipher text, or one byte of the ZIP, is another.</summary>
    public static Task DamagedAsync(AgencyJob job)
    {
        var body = job.Wrap(Good(job, job.Persona));
        var at = job.IsNative ? body.AsSpan().IndexOf("\"ciphertext\":\""u8) + 200 : 60;
        body[at] = job.IsNative ? (byte)(body[at] == 'A' ? 'B' : 'A') : (byte)(body[at] ^ 1);
        return job.SendBodyAsync(body);
    }

    /// <summary>The agency's valid signature, over a file that is not the manifest.</summary>
    public static Task WrongFileSignedAsync(AgencyJob job) =>
        ChangeAsync(job, zip => zip.SignedInstead = zip.Files[0].Bytes);

    /// <summary>A signed manifest whose digest is that of another content.</summary>
    public static Task WrongDigestAsync(AgencyJob job) =>
        ChangeAsync(
            job,
            zip => zip.Listed[0] = (zip.Listed[0].Name, Convert.ToHexStringLower(SHA256.HashData("other"u8)))
        );

    public static Task UnlistedAsync(AgencyJob job) =>
        ChangeAsync(job, zip => zip.Files.Add(("extra.txt", "unlisted"u8.ToArray())));

    public static Task MissingAsync(AgencyJob job) =>
        ChangeAsync(job, zip => zip.Listed.Add(("data.pdf", Convert.ToHexStringLower(SHA256.HashData("gone"u8)))));

    public static Task TwiceAsync(AgencyJob job) =>
        ChangeAsync(job, zip => zip.Files.Add(zip.Files.First(f => f.Name == Data)));

    /// <summary>Honestly signed JSON that names two people: whose it is depends on the reader.</summary>
    public static Task MemberTwiceAsync(AgencyJob job) =>
        ChangeAsync(
            job,
            zip =>
            {
                var at = zip.Files.FindIndex(f => f.Name == Data);
                var json = Encoding.UTF8.GetString(zip.Files[at].Bytes).TrimStart().TrimStart('{');
                zip.Files[at] = (
                    Data,
                    Encoding.UTF8.GetBytes($"{{{json[..json.IndexOf(',', StringComparison.Ordinal)]},{json}")
                );
                zip.List();
            }
        );

    public static Task DtdAsync(AgencyJob job) =>
        ChangeAsync(job, zip => zip.Prolog = """<!DOCTYPE manifest [<!ENTITY x SYSTEM "file:///etc/passwd">]>""");

    public static Task SlipAsync(AgencyJob job, string name) =>
        ChangeAsync(
            job,
            zip =>
            {
                zip.Files.Add((name, "slipped"u8.ToArray()));
                zip.List();
            }
        );

    public static Task TooManyAsync(AgencyJob job) =>
        ChangeAsync(
            job,
            zip =>
            {
                for (var i = 0; i < 201; i++)
                    zip.Files.Add(($"file-{i}.txt", [(byte)i]));
                zip.List();
            }
        );

    /// <summary>220 MB of zeros in a few hundred kilobytes, honestly listed and signed.</summary>
    public static Task BombAsync(AgencyJob job) =>
        ChangeAsync(
            job,
            zip =>
            {
                zip.Files.Add(("data.csv", new byte[BombBytes]));
                zip.List();
            }
        );

    public static Task NotAZipAsync(AgencyJob job) => job.SendAsync("not a zip"u8.ToArray());

    /// <summary>The right key under a certificate that has run out, or that nobody signed.</summary>
    public static Task OtherCertificateAsync(AgencyJob job, bool expired)
    {
        var certificate = job.Keys.WithPackageKey(key =>
        {
            var (from, to) = expired
                ? (job.Now.AddDays(-400), job.Now.AddDays(-30))
                : (job.Now.AddDays(-1), job.Now.AddDays(300));
            using var made = KeyMaking.Certify(job.Agency.Id, key, authority: null, from, to);
            return made.RawData;
        });
        return ChangeAsync(job, _ => { }, certificate);
    }

    /// <summary>Text that has hurt somebody's software before, in every field; the last one of each length.</summary>
    public static Task NaughtyAsync(AgencyJob job)
    {
        var record = RecordOf(job, job.Persona);
        var strings = NaughtyStrings.All;
        record.Data["name"] = strings[0];
        record.Data["birthday"] = strings[1];
        record.Data["note"] = strings[2];
        record.Data["picture"] = Convert.ToBase64String(NaughtyStrings.Svg);
        record.Data["items"] = new JsonArray([
            .. strings.Select(
                (text, i) => new JsonObject { ["label"] = strings[(i + 1) % strings.Count], ["text"] = text }
            ),
        ]);
        return job.SendAsync(Packages.Write(job, job.Persona, record));
    }

    internal static AgencyRecord RecordOf(AgencyJob job, Persona persona) =>
        job.DataSet.Build(persona, job.Parameters)!;

    private static Persona Other(AgencyJob job) => SandboxPersonas.All.First(p => p != job.Persona && !p.HoldsNothing);

    private static byte[] Good(AgencyJob job, Persona persona) => Packages.Write(job, persona, RecordOf(job, persona));

    private static Task ChangeAsync(AgencyJob job, Action<LooseZip> change, byte[]? certificate = null)
    {
        var zip = LooseZip.Open(Good(job, job.Persona)).List();
        change(zip);
        return job.SendAsync(
            job.Keys.WithPackageKey(key => zip.Write(key, certificate ?? job.Keys.Certificate.RawData))
        );
    }
}
