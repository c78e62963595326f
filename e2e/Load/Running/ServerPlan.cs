namespace MyData.Load.Running;

/// <summary>What to start, and with which settings.</summary>
public sealed record ServerPlan
{
    /// <summary>Folder of the published portal.</summary>
    public required string Program { get; init; }

    /// <summary>Folder of its database, keys and temporary files.</summary>
    public required string Folder { get; init; }

    /// <summary>The program's own arguments, such as <c>sandbox</c>.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    public required IReadOnlyDictionary<string, string> Settings { get; init; }

    /// <summary>The path that answers 200 when it is ready to serve.</summary>
    public string Probe { get; init; } = "/";

    public string Temporary => Path.Combine(Folder, "tmp");

    /// <summary>The portal with an empty database and the sandbox in the same process.</summary>
    public static ServerPlan Portal(string program, string folder, string sandboxKeys) =>
        new()
        {
            Program = program,
            Folder = folder,
            Settings = new Dictionary<string, string>
            {
                ["MyData:Database"] = $"Data Source={Path.Combine(folder, "mydata.db")}",
                ["MyData:Keys"] = Path.Combine(folder, "keys"),
                ["MyData:Sandbox:Keys"] = sandboxKeys,
                ["MyData:Sandbox:Smtp:Port"] = "0",
                ["MyData:Sandbox:TlsPort"] = "0",
                // A dozen made-up people on one machine do here what thousands do elsewhere.
                ["MyData:Circuits:PerPerson"] = "4000",
                ["MyData:Circuits:PerNetwork"] = "4000",
                ["MyData:Circuits:NegotiateBurst"] = "4000",
                ["MyData:Person:DecisionsAnHour"] = "1000000",
                ["MyData:Person:OpenTransfers"] = "1000000",
                ["MyData:Person:Packages:AtOnce"] = "1000000",
                ["MyData:Person:Changes:AtOnce"] = "1000000",
            },
        };

    /// <summary>The sandbox alone, for a portal elsewhere.</summary>
    public static ServerPlan Sandbox(string program, string folder, string sandboxKeys, Uri portal) =>
        new()
        {
            Program = program,
            Folder = folder,
            Arguments = ["sandbox"],
            Probe = "/sandbox",
            Settings = new Dictionary<string, string>
            {
                ["MyData:Sandbox:Keys"] = sandboxKeys,
                ["MyData:Sandbox:Portal"] = portal.GetLeftPart(UriPartial.Authority),
                ["MyData:Sandbox:Smtp:Port"] = "0",
                ["MyData:Sandbox:TlsPort"] = "0",
            },
        };

    public ServerPlan With(params (string Key, string Value)[] settings)
    {
        var all = new Dictionary<string, string>(Settings);
        foreach (var (key, value) in settings)
            all[key] = value;
        return this with { Settings = all };
    }
}
