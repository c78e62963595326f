using MyData.Web.Sandbox.Agencies;

namespace MyData.Web.Sandbox.Misbehaving;

/// <summary>Everything that an agency can do wrong: row F6 of the fault table, the attacks on packages (D3 to D6), and its reports.</summary>
public sealed class Misbehaviours(MisbehaveSwitch current, WrongConnections connections, WrongAnswers answers)
{
    /// <summary>Name of the parameter that overrules the switch for one call.</summary>
    public const string Parameter = "BEHAVIOUR";

    public const string None = "none";

    private static readonly Dictionary<string, Func<Misbehaviours, AgencyJob, Task>> Table = new(StringComparer.Ordinal)
    {
        ["hang-up"] = (m, job) => m.connections.HangUpAsync(job),
        ["slow-first-byte"] = (m, job) => m.connections.SlowFirstByteAsync(job),
        ["trickle"] = (m, job) => m.connections.TrickleAsync(job),
        ["stall"] = (m, job) => m.connections.StallAsync(job),
        ["endless"] = (m, job) => m.connections.EndlessAsync(job),
        ["huge"] = (m, job) => m.connections.HugeAsync(job),
        ["reset"] = (m, job) => m.connections.ResetAsync(job),
        ["wrong-length"] = (m, job) => m.connections.WrongLengthAsync(job),

        ["empty"] = (m, job) => m.answers.EmptyAsync(job),
        ["wrong-type"] = (m, job) => m.answers.WrongTypeAsync(job),
        ["garbage"] = (m, job) => m.answers.GarbageAsync(job),
        ["redirect"] = (m, job) => m.answers.RedirectAsync(job),
        ["no-data"] = (m, job) => m.answers.StatusAsync(job, StatusCodes.Status204NoContent),
        ["unauthorized"] = (m, job) => m.answers.StatusAsync(job, StatusCodes.Status401Unauthorized),
        ["forbidden"] = (m, job) => m.answers.StatusAsync(job, StatusCodes.Status403Forbidden),
        ["wrong-parameter"] = (m, job) => m.answers.StatusAsync(job, StatusCodes.Status422UnprocessableEntity),
        ["error"] = (m, job) => m.answers.StatusAsync(job, StatusCodes.Status500InternalServerError),
        ["maintenance"] = (m, job) => m.answers.StatusAsync(job, StatusCodes.Status503ServiceUnavailable, "30"),
        ["preparing-forever"] = (m, job) => m.answers.PreparingAsync(job, "1"),
        ["too-many-forever"] = (m, job) => m.answers.StatusAsync(job, StatusCodes.Status429TooManyRequests, "1"),
        ["retry-missing"] = (m, job) => m.answers.OnceAsync(job, null),
        ["retry-negative"] = (m, job) => m.answers.OnceAsync(job, "-1"),
        ["retry-huge"] = (m, job) => m.answers.OnceAsync(job, "1000000000"),
        ["retry-date"] = (m, job) => m.answers.OnceAsync(job, m.answers.SoonAsDate()),

        ["other-person"] = (_, job) => WrongPackages.OtherPersonAsync(job),
        ["other-person-inside"] = (_, job) => WrongPackages.OtherPersonInsideAsync(job),
        ["other-transfer"] = (_, job) => WrongPackages.OtherTransferAsync(job),
        ["damaged"] = (_, job) => WrongPackages.DamagedAsync(job),
        ["wrong-file-signed"] = (_, job) => WrongPackages.WrongFileSignedAsync(job),
        ["wrong-digest"] = (_, job) => WrongPackages.WrongDigestAsync(job),
        ["unlisted"] = (_, job) => WrongPackages.UnlistedAsync(job),
        ["missing"] = (_, job) => WrongPackages.MissingAsync(job),
        ["twice"] = (_, job) => WrongPackages.TwiceAsync(job),
        ["member-twice"] = (_, job) => WrongPackages.MemberTwiceAsync(job),
        ["dtd"] = (_, job) => WrongPackages.DtdAsync(job),
        ["zip-slip"] = (_, job) => WrongPackages.SlipAsync(job, "../../evil.txt"),
        ["zip-slip-backslash"] = (_, job) => WrongPackages.SlipAsync(job, "..\\..\\evil.txt"),
        ["zip-absolute"] = (_, job) => WrongPackages.SlipAsync(job, "/tmp/evil.txt"),
        ["too-many-files"] = (_, job) => WrongPackages.TooManyAsync(job),
        ["bomb"] = (_, job) => WrongPackages.BombAsync(job),
        ["not-a-zip"] = (_, job) => WrongPackages.NotAZipAsync(job),
        ["expired-certificate"] = (_, job) => WrongPackages.OtherCertificateAsync(job, expired: true),
        ["unknown-certificate"] = (_, job) => WrongPackages.OtherCertificateAsync(job, expired: false),
        ["naughty"] = (_, job) => WrongPackages.NaughtyAsync(job),
    };

    // The package is good; what the agency tells the ledger of it is not.
    private static readonly Dictionary<string, SideConduct> Sides = new(StringComparer.Ordinal)
    {
        ["side-silent"] = SideConduct.Silent,
        ["side-late"] = SideConduct.Late,
        ["side-other-seal"] = SideConduct.OtherSeal,
        ["side-other-result"] = SideConduct.OtherResult,
    };

    private readonly WrongConnections connections = connections;
    private readonly WrongAnswers answers = answers;

    /// <summary>Every behaviour by name, in the order of the table in the README.</summary>
    public static IReadOnlyCollection<string> Names { get; } = [.. Table.Keys, .. Sides.Keys];

    /// <summary>What to do in place of a proper answer; null where the agency behaves.</summary>
    /// <exception cref="AgencyRefusal">422: no such behaviour.</exception>
    public Func<AgencyJob, Task>? Of(AgencyJob job)
    {
        if (!job.DataSet.Misbehaves)
            return null;
        var name = job.Parameters.GetValueOrDefault(Parameter) is { Length: > 0 } own ? own : current.Current;
        if (name == None)
            return null;
        if (Sides.TryGetValue(name, out var conduct))
        {
            job.Conduct = conduct;
            return null;
        }
        if (!Table.TryGetValue(name, out var act))
            throw new AgencyRefusal(StatusCodes.Status422UnprocessableEntity, "parameter.unknown", "No such behaviour.")
            {
                Parameter = Parameter,
            };
        return misled => act(this, misled);
    }
}
