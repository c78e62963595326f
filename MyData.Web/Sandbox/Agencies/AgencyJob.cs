using System.Security.Cryptography;
using System.Text;
using MyData.Core.Catalog;
using MyData.Core.Encryption;
using MyData.Web.Sandbox.Keys;
using MyData.Web.Sandbox.Personas;

namespace MyData.Web.Sandbox.Agencies;

/// <summary>A call whose token, subject and consent are in order: what is left is to answer it.</summary>
public sealed record AgencyJob
{
    public required HttpContext Http { get; init; }

    public required SandboxAgency Agency { get; init; }

    public required SandboxDataSet DataSet { get; init; }

    public required AgencyKeys Keys { get; init; }

    public required Persona Persona { get; init; }

    /// <summary>The subject's pairwise name at this agency.</summary>
    public required string Subject { get; init; }

    public required string Transfer { get; init; }

    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>Fields asked for; none means all.</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>Empty on the national wire.</summary>
    public IReadOnlyList<SealRecipient> Recipients { get; init; } = [];

    public required DateTimeOffset Now { get; init; }

    /// <summary>Where a receipt does not say what for.</summary>
    public const string AnyPurpose = "consent";

    /// <summary>What she agreed to it for, as the receipt says; the national wire does not tell.</summary>
    public string Purpose { get; init; } = AnyPurpose;

    /// <summary>Digest of what was sealed last.</summary>
    public byte[]? Seal { get; set; }

    /// <summary>How the agency tells its side of this transfer.</summary>
    public SideConduct Conduct { get; set; }

    public bool IsNative => DataSet.Wire == WireFormat.Native;

    public string ContentType => IsNative ? "application/jose+json" : "application/zip";

    /// <summary>What the agency holds; null for nothing.</summary>
    public AgencyRecord? Find(Persona person) => person.HoldsNothing ? null : DataSet.Build(person, Parameters);

    /// <summary>The bytes to send for a package: sealed on the native wire, as they are on the national one.</summary>
    public byte[] Wrap(byte[] zip, string? subject = null)
    {
        if (!IsNative)
            return zip;
        var body = SealedPackage.Seal(zip, Request(subject ?? Subject), out var digest);
        Seal = Convert.FromHexString(digest.Hex);
        return body;
    }

    /// <summary>What was asked, by whom and for whom: the same only for the same question.</summary>
    public string Fingerprint()
    {
        var parts = Recipients
            .Select(r => r.Key.Thumbprint())
            .Concat(Fields)
            .Concat(Parameters.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"))
            .Prepend(Subject);
        return Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', parts))));
    }

    /// <summary>Sends a package; a large one is sealed block by block on its way out.</summary>
    public async Task SendAsync(byte[] zip)
    {
        Http.Response.ContentType = ContentType;
        if (IsNative && DataSet.Large)
        {
            var digest = await SealedPackage.SealAsync(zip, Request(Subject), Http.Response.Body, Http.RequestAborted);
            Seal = Convert.FromHexString(digest.Hex);
            return;
        }
        await SendBodyAsync(Wrap(zip));
    }

    public async Task SendBodyAsync(byte[] body)
    {
        Http.Response.ContentType = ContentType;
        Http.Response.ContentLength = body.Length;
        await Http.Response.Body.WriteAsync(body, Http.RequestAborted);
    }

    private SealRequest Request(string subject) =>
        new()
        {
            Transfer = Transfer,
            DataSet = DataSet.Id,
            Sub = subject,
            IssuedAt = Now,
            Recipients = Recipients,
        };
}
