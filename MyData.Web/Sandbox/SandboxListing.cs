using System.Security.Cryptography;
using MyData.Core.Catalog;
using MyData.Web.Sandbox.Agencies;
using MyData.Web.Sandbox.Keys;

namespace MyData.Web.Sandbox;

/// <summary>What the made-up agencies register at the portal: paths below the sandbox, so that the listing survives another port.</summary>
public static class SandboxListing
{
    public static IReadOnlyList<ProviderListing> Create(SandboxKeys keys, SandboxSettings? settings = null) =>
        [.. SandboxAgencies.All.Select(agency => Provider(agency, keys.Agency(agency.Id), settings ?? new()))];

    private static ProviderListing Provider(SandboxAgency agency, AgencyKeys keys, SandboxSettings settings) =>
        new()
        {
            Id = agency.Id,
            Name = agency.Name,
            ShortName = agency.ShortName,
            Glyph = agency.Glyph,
            ClientId = agency.ClientId,
            ClientKeys = [keys.ClientKey.PublicOnly().ToJson()],
            ResourceSecret = agency.SpeaksNational ? keys.ResourceSecret : null,
            CertificateSha256 = keys.Certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant(),
            Heartbeat = $"{agency.PathOf(agency.DataSets[0])}?heartbeat=true",
            DataSets = [.. agency.DataSets.Select(d => DataSet(agency, d, settings))],
        };

    private static DataSetListing DataSet(SandboxAgency agency, SandboxDataSet dataSet, SandboxSettings settings) =>
        new()
        {
            Id = dataSet.Id,
            Name = dataSet.Name,
            Description = dataSet.Description,
            Category = dataSet.Category,
            Schema = SandboxSchemas.Of(dataSet),
            SchemaVersion = dataSet.SchemaVersion,
            Level = dataSet.Level,
            Methods = dataSet.Methods,
            Parameters = dataSet.Parameters,
            Endpoint = dataSet.Address switch
            {
                null => agency.PathOf(dataSet),
                SandboxAgencies.UntrustedTls => $"https://localhost:{settings.TlsPort}/",
                var address => address,
            },
            Wire = dataSet.Wire,
            SubjectField = dataSet.SubjectField,
            HandOvers = dataSet is { Wire: WireFormat.Native, Misbehaves: false, Address: null },
            UsualWait = dataSet.Slow ? settings.IncomeWait : dataSet.UsualWait,
        };
}
