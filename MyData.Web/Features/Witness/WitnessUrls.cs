namespace MyData.Web.Features.Witness;

/// <summary>A witness's addresses; below <c>/origin</c> its copy of that log, as C2SP's static paths.</summary>
public static class WitnessUrls
{
    /// <summary>c2sp.org/tlog-witness.</summary>
    public const string AddCheckpoint = "/add-checkpoint";

    /// <summary>How it is, as JSON.</summary>
    public const string Status = "/status.json";

    /// <summary>The same with the entries in the body.</summary>
    public const string AddEntries = "/add-entries";
}
