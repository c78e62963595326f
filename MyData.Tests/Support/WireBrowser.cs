using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MyData.Core.Catalog;
using MyData.Core.Encryption;
using MyData.Core.Wire.ServiceSide;

namespace MyData.Tests.Support;

/// <summary>What a test changes of what her browser sends.</summary>
public sealed record Upload(Guid Id, byte[] Bytes, string Key);

/// <summary>The modules of the second consent, played in C#.</summary>
public static class WireBrowser
{
    private const int Part = 192 * 1024;

    /// <summary>As wire/delivery.js builds it, of the page before her.</summary>
    public static async Task<(string Jwe, string Key)> BuildAsync(HandedRequest steps)
    {
        var opened = await steps.OpenAsync();
        using var model = JsonDocument.Parse(steps.Citizen.Page.Single("#handover-data").TextContent);
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            var manifest = new StringBuilder("<files>");
            foreach (var item in model.RootElement.GetProperty("items").EnumerateArray())
            {
                var id = item.GetProperty("id").GetString()!;
                var transfer = item.TryGetProperty("transfer", out var way) ? way.GetString() : null;
                if (transfer is not null)
                    Write(zip, $"{id}.zip", opened[transfer].Opened.Zip.ToArray());
                manifest.Append(
                    $"<file><filename>{(transfer is null ? "" : $"{id}.zip")}</filename><resource_id>{id}</resource_id><resource_name>x</resource_name><code>{(transfer is null ? 204 : 200)}</code></file>"
                );
            }
            Write(zip, "META-INFO/manifest.xml", Encoding.UTF8.GetBytes($"{manifest}</files>"));
        }
        var payload = JsonSerializer.SerializeToUtf8Bytes(
            new { filename = "x.zip", data = $"application/zip;data:{Base64UrlText.Encode(buffer.ToArray())}" }
        );
        var key = RandomNumberGenerator.GetString("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", 32);
        var mode = model.RootElement.GetProperty("mode").GetString() == "gcm" ? NationalCipher.Gcm : NationalCipher.Cbc;
        var (alg, enc) = WireUploads.Algs(mode);
        return (Jwe.EncryptCompact(payload, Jwk.FromSecret(Encoding.UTF8.GetBytes(key)), alg, enc), key);
    }

    /// <returns>The last answer's status.</returns>
    public static async Task<HttpStatusCode> UploadAsync(CitizenDriver citizen, Guid request, Guid upload, byte[] bytes)
    {
        var status = HttpStatusCode.NoContent;
        for (var at = 0; at < bytes.Length && status == HttpStatusCode.NoContent; at += Part)
        {
            using var piece = new HttpRequestMessage(
                HttpMethod.Post,
                $"/services/requests/{request}/wire/{upload}/{at / Part}"
            )
            {
                Content = new ByteArrayContent(bytes[at..Math.Min(bytes.Length, at + Part)]),
            };
            piece.Headers.Add(
                "RequestVerificationToken",
                citizen.Page.Single("#wire-hand-over input[name=_form]").GetAttribute("value")
            );
            using var answer = await citizen.SendAsync(piece);
            status = answer.StatusCode;
        }
        return status;
    }

    /// <summary>What the form is sent with.</summary>
    public static (string Name, string Value)[] Fields(Upload upload, string jwe) =>
        [
            ("wire_upload", upload.Id.ToString()),
            ("wire_length", $"{jwe.Length}"),
            ("wire_digest", Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(jwe)))),
            ("wire_key", upload.Key),
            ("decision", "agree"),
        ];

    private static void Write(ZipArchive zip, string name, byte[] bytes)
    {
        using var stream = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
        stream.Write(bytes);
    }
}
