using System.Reflection;
using Microsoft.EntityFrameworkCore;
using MyData.Core;
using MyData.Core.Data;

namespace MyData.Tests.Rules;

/// <summary>Who may know whom. Read from the compiled code; a test below breaks an arrow on purpose to show that it would be seen.</summary>
public sealed class ArrowTests
{
    private const string Root = "MyData.Core.";
    private static readonly Assembly Core = typeof(CoreSetup).Assembly;
    private static readonly Assembly Web = typeof(Program).Assembly;

    // For everybody: what the house stands on, and the two that any feature may use.
    private static readonly string[] Everybody =
    [
        "Encryption",
        "Certificates",
        "Events",
        "Data",
        "Ledger",
        "Notifications",
    ];

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Citizens"] = [],
        // A data set says from which level of assurance it is given, and Citizens owns the levels.
        ["Catalog"] = ["Citizens"],
        // A consent names whose it is and what exactly she saw.
        ["Consent"] = ["Catalog", "Citizens"],
        // A call to a provider needs a token, made and ended in the transfer's own writes.
        ["Transfers"] = ["OpenId", "Consent", "Catalog", "Citizens"],
        ["Counter"] = ["Consent", "Catalog", "Citizens", "Transfers"],
        // A request is an authorization transaction: its clients, proofs and tokens are the authorization server's.
        ["Services"] = ["OpenId", "Consent", "Catalog", "Citizens", "Transfers"],
        // A sign-in is pushed, answered and redeemed as a request for data is, and its end is told by the same signed events.
        ["Members"] = ["Services", "OpenId", "Catalog", "Citizens"],
        // A value of a package that she opened, told to its agency, which proves who it is.
        ["Corrections"] = ["OpenId", "Consent", "Catalog", "Citizens", "Transfers"],
        ["Registration"] = ["Consent", "Catalog", "Citizens"],
        ["OpenId"] = ["Consent", "Catalog", "Citizens"],
        ["MobileCredential"] = ["Consent", "Catalog", "Citizens"],
        ["Linkage"] = ["Consent", "Catalog", "Citizens"],
        ["Wire"] = ["Transfers", "Services", "OpenId", "Consent", "Catalog", "Citizens"],
        // Reads the events, and what they point at, for the person whose they are.
        ["History"] = ["Consent", "Catalog", "Citizens"],
        // The same random values in cookies as citizens have.
        ["Staff"] = ["Citizens"],
        // Asks where to write to her.
        ["Notifications"] = ["Citizens"],
        ["Operations"] = ["Catalog"],
        // A record names the fields of the consent that its event belongs to; whom a caller names is looked up among the accounts.
        ["Recording"] = ["Consent", "Citizens"],
        // Reads the log as an auditor does; canaries are named by ID number.
        ["Watch"] = ["Recording", "Citizens"],
        // Another role, another process: knows the formats alone.
        ["Witnessing"] = [],
        ["Events"] = [],
        ["Data"] = ["Events"],
        ["Certificates"] = ["Encryption"],
    };

    [Fact]
    public void Features_OfCore_KnowOnlyWhomTheArrowsAllow()
    {
        var wrong =
            from type in Types(Core)
            let feature = Feature(type)
            where feature is not null and not "Encryption" and not "Ledger"
            from other in Il.TypesIn(type).Where(other => other.Assembly == Core)
            let target = Feature(other)
            where target is not null && target != feature && !Everybody.Contains(target)
            where !Allowed.TryGetValue(feature, out var arrows) || !arrows.Contains(target)
            select $"{Il.Outermost(type).FullName} → {Il.Outermost(other).FullName}";
        Findings.None(wrong);
    }

    [Fact]
    public void Arrows_Together_FormNoCircle()
    {
        var done = new HashSet<string>();
        foreach (var feature in Allowed.Keys)
            Visit(feature, []);

        void Visit(string feature, string[] path)
        {
            Assert.False(path.Contains(feature), string.Join(" → ", [.. path, feature]));
            if (done.Contains(feature) || !Allowed.TryGetValue(feature, out var arrows))
                return;
            foreach (var next in arrows)
                Visit(next, [.. path, feature]);
            done.Add(feature);
        }
    }

    [Theory]
    [InlineData("Encryption")]
    [InlineData("Ledger")]
    public void CryptographicCore_KnowsTheBaseLibraryOnly(string feature)
    {
        var wrong =
            from type in Types(Core)
            where Feature(type) == feature
            from other in Il.TypesIn(type)
            where Feature(other) != feature && !IsBaseLibrary(other) && !IsConstantData(other)
            select $"{type.FullName} → {other.FullName}";
        Findings.None(wrong);
    }

    [Fact]
    public void Core_KnowsNoWebServer() =>
        Assert.DoesNotContain(
            Core.GetReferencedAssemblies(),
            name => name.Name!.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal)
        );

    [Fact]
    public void Tables_AreReadAndWrittenByTheirOwnFeatureOnly()
    {
        var wrong =
            from type in Types(Core)
            where Feature(type) is not ("Data" or "Events")
            from method in Il.Methods(type)
            from step in Il.Steps(method)
            where step.Operand is MethodInfo { Name: "Set", IsGenericMethod: true } set && IsContext(set.DeclaringType!)
            let entity = ((MethodInfo)step.Operand!).GetGenericArguments()[0]
            // An event is what every feature writes, and what History reads.
            where Feature(entity) != Feature(type) && Feature(entity) != "Events"
            select $"{Il.Outermost(type).FullName} → table of {entity.FullName}";
        Findings.None(wrong);
    }

    [Fact]
    public void Pages_ReadThroughServices_NeverTheDatabase()
    {
        var wrong =
            from type in Types(Web)
            where !IsIdentityStore(type)
            // The power cut for tests stands in front of the write queue.
            where Il.Outermost(type).Name is not ("KillSwitch" or "KillSwitchSetup")
            from other in Il.TypesIn(type)
            where other.IsAssignableTo(typeof(DbContext)) || other == typeof(IWriter) || other == typeof(WriteScope)
            select $"{Il.Outermost(type).FullName} → {other.Name}";
        Findings.None(wrong);
    }

    [Fact]
    public void Database_IsChangedByTheWriteQueueOnly()
    {
        var wrong =
            from type in Types(Core).Concat(Types(Web))
            where Feature(type) != "Data"
            from method in Il.Methods(type)
            from step in Il.Steps(method)
            where
                step.Operand is MethodInfo { Name: "SaveChanges" or "SaveChangesAsync" } called
                && IsContext(called.DeclaringType!)
            select $"{type.FullName}.{method.Name}";
        Findings.None(wrong);
    }

    [Fact]
    public void RadzenTypes_AppearInTheKitOnly()
    {
        var wrong =
            from type in Types(Web)
            where type.Namespace?.StartsWith("MyData.Web.Ui", StringComparison.Ordinal) != true
            from other in Il.TypesIn(type)
            where other.Assembly.GetName().Name!.StartsWith("Radzen", StringComparison.Ordinal)
            select $"{Il.Outermost(type).FullName} → {other.FullName}";
        Findings.None(wrong);
    }

    [Fact]
    public void TypesIn_ClosuresGenericsAndLocals_AreSeen()
    {
        var seen = Il.TypesIn(typeof(ArrowTests)).Concat(Types(typeof(ArrowTests).Assembly).SelectMany(Il.TypesIn));
        Assert.Contains(typeof(DbContext), seen);
        Assert.Contains(typeof(IEntityTypeConfiguration<>).GetGenericTypeDefinition(), seen.Select(Definition));
        Assert.Contains(typeof(IWriter), Il.TypesIn(typeof(WriteQueue)));
    }

    private static bool IsContext(Type type) => type.IsAssignableTo(typeof(DbContext));

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

    private static IEnumerable<Type> Types(Assembly assembly) =>
        assembly.GetTypes().Where(type => type.Namespace?.StartsWith("MyData", StringComparison.Ordinal) == true);

    private static string? Feature(Type type) =>
        type.Namespace is { } name && name.StartsWith(Root, StringComparison.Ordinal)
            ? name[Root.Length..].Split('.')[0]
            : null;

    // ASP.NET Core Identity's passkey handler works on the entities themselves (architecture.md).
    private static bool IsIdentityStore(Type type) =>
        Il.Outermost(type).GetInterfaces().Any(i => i.Namespace == "Microsoft.AspNetCore.Identity");

    // Where the compiler keeps array literals: it has no namespace.
    private static bool IsConstantData(Type type) => type.Assembly == Core && Il.Outermost(type).Namespace is null;

    private static bool IsBaseLibrary(Type type) =>
        type.Assembly.GetName().Name is { } name
        && (name == "System.Private.CoreLib" || name.StartsWith("System.", StringComparison.Ordinal))
        && name != "System.Security.Cryptography.Pkcs"
        && type.Assembly.Location.StartsWith(
            Path.GetDirectoryName(typeof(object).Assembly.Location)!,
            StringComparison.Ordinal
        );
}
