using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.FileProviders;
using MyData.Core.Data;

namespace MyData.Web.Features.Open;

/// <summary>
/// The digest of every script that this portal serves, signed by the platform's key (security.md B2). Whoever keeps the
/// list can compare what he was served, today and later: nobody is served another script without a trace.
/// </summary>
public sealed class ScriptList(IWebHostEnvironment host, SigningKeys keys, IIssuer issuer)
{
    public const string Url = "/.well-known/mydata-scripts.json";

    /// <summary>The JWS's <c>typ</c>.</summary>
    public const string Type = "mydata-scripts+jwt";

    private static readonly string[] Folders = ["js", "_framework"];

    private readonly Lazy<SortedDictionary<string, string>> _digests = new(() => Read(host.WebRootFileProvider));

    /// <summary>Path to <c>sha256-</c> and base64, as in an <c>integrity</c> attribute (W3C Subresource Integrity §3.5).</summary>
    public IReadOnlyDictionary<string, string> Digests => _digests.Value;

    /// <summary>The digests for reading, and the same in a compact JWS by a key of <c>/.well-known/jwks.json</c>.</summary>
    public object Document()
    {
        var payload = new { iss = issuer.Value, scripts = Digests };
        return new { scripts = Digests, jws = keys.Sign(JsonSerializer.SerializeToUtf8Bytes(payload), Type) };
    }

    private static SortedDictionary<string, string> Read(IFileProvider files)
    {
        var digests = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var folder in Folders)
            Add(folder);
        return digests;

        void Add(string folder)
        {
            foreach (var file in files.GetDirectoryContents(folder))
                if (file.IsDirectory)
                    Add($"{folder}/{file.Name}");
                else if (file.Name.EndsWith(".js", StringComparison.Ordinal))
                {
                    using var content = file.CreateReadStream();
                    digests[$"/{folder}/{file.Name}"] = $"sha256-{Convert.ToBase64String(SHA256.HashData(content))}";
                }
        }
    }
}
