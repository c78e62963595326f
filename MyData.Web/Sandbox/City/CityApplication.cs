using System.Collections.Concurrent;
using System.Security.Cryptography;
using MyData.Core.Catalog;
using MyData.Web.Sandbox.Relying;

namespace MyData.Web.Sandbox.City;

/// <summary>A data set as the city got it.</summary>
/// <param name="SignedBy">name in the agency's certificate, which was checked; null: the agency holds nothing on her</param>
public sealed record CityPackage(LocalText DataSet, string? SignedBy, IReadOnlyList<ReceivedValue> Values);

/// <summary>One application, from "apply" to what was received; in memory, and of one browser.</summary>
public sealed class CityApplication(string service)
{
    public string Service => service;
    public string Id { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>Its name at the portal.</summary>
    public string TxId { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    /// <summary>What the SP-API was told.</summary>
    public string? Ticket { get; set; }
    public string? Key { get; set; }
    public IReadOnlyList<string> Unable { get; set; } = [];

    /// <summary>What she came back with.</summary>
    public string? Code { get; set; }

    /// <summary>The portal's answers to each fetch, in order.</summary>
    public List<int> Fetches { get; } = [];

    /// <summary>What came, opened; null: nothing yet.</summary>
    public byte[]? Payload { get; set; }

    public IReadOnlyList<CityPackage> Packages { get; set; } = [];
}

/// <summary>The city's applications, the newest thousand.</summary>
public sealed class CityApplications
{
    private const int Most = 1_000;
    private readonly ConcurrentDictionary<string, CityApplication> _all = new(StringComparer.Ordinal);

    public CityApplication Begin(string service)
    {
        if (_all.Count >= Most)
            _all.Clear();
        var made = new CityApplication(service);
        _all[made.Id] = made;
        return made;
    }

    public CityApplication? Find(string? id, string service) =>
        id is not null && _all.GetValueOrDefault(id) is { } found && found.Service == service ? found : null;

    public CityApplication? ByTransaction(string? txId) => _all.Values.FirstOrDefault(one => one.TxId == txId);
}

/// <summary>How the city behaves towards the portal: the same for everybody, until another way is set.</summary>
public sealed class CityConduct
{
    public const string Good = "good";

    /// <summary>Its SP-API answers 500.</summary>
    public const string Deaf = "deaf";

    /// <summary>It fetches first, and answers then.</summary>
    public const string Early = "early";

    /// <summary>It fetches everything twice.</summary>
    public const string Twice = "twice";

    private volatile string _current = Good;

    public static IReadOnlyList<string> Names { get; } = [Good, Deaf, Early, Twice];

    public string Current => _current;

    /// <summary>False where there is no such way; then nothing changes.</summary>
    public bool Set(string name)
    {
        if (!Names.Contains(name))
            return false;
        _current = name;
        return true;
    }
}
