using System.Runtime.Versioning;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using MyData.Core.Data;
using MyData.Core.Ledger;
using MyData.Web.Hosting;

namespace MyData.Tests.Rules;

/// <summary>Production starts with every setting made, or not at all; "not set" never means "open".</summary>
public sealed class StartTests : IDisposable
{
    private readonly string _keys = Directory.CreateTempSubdirectory("mydata-start-").FullName;

    public StartTests() => PlatformKeys.Make(new KeyFolder(_keys, mayCreate: true), TimeProvider.System);

    public void Dispose() => Directory.Delete(_keys, recursive: true);

    private static readonly Dictionary<string, string?> Complete = new()
    {
        ["MyData:Database"] = "Data Source=/nowhere/mydata.db",
        ["MyData:Keys"] = "/nowhere/keys",
        ["MyData:Origin"] = "https://mydata.example",
        ["MyData:TrustedRoots"] = "/nowhere/roots",
        ["MyData:HelpDesk:Phone"] = "02-0000-0000",
        ["MyData:HelpDesk:Email"] = "help@mydata.example",
        ["MyData:Mail:Host"] = "mail.mydata.example",
        ["MyData:Mail:From"] = "no-reply@mydata.example",
        ["MyData:SignIn:Upstream:Authority"] = "https://identity.example",
        ["MyData:SignIn:DocumentAuthority"] = "https://documents.example/match",
    };

    public static TheoryData<string> Required => [.. Complete.Keys];

    [Fact]
    public void Start_EverySettingMade_IsAccepted() =>
        Assert.Equal("https://mydata.example", Start("Production", []).Origin);

    [Theory, MemberData(nameof(Required))]
    public void Start_ProductionWithoutASetting_IsRefusedAndNamesIt(string missing)
    {
        var error = Assert.Throws<StartRefusedException>(() => Start("Production", [(missing, "")]));
        Assert.Contains(missing, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("MyData:Sandbox:Enabled", "true")]
    [InlineData("MyData:Sandbox:Url", "http://localhost:5090")]
    [InlineData("MyData:Origin", "http://mydata.example")]
    [InlineData("MyData:Origin", "mydata.example")]
    public void Start_ProductionWithAnUnsafeSetting_IsRefusedAndNamesIt(string setting, string value)
    {
        foreach (var environment in new[] { "Production", "Staging" })
        {
            var error = Assert.Throws<StartRefusedException>(() => Start(environment, [(setting, value)]));
            Assert.Contains(setting, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Start_NothingSet_NamesEverySettingAtOnce()
    {
        var error = Assert.Throws<StartRefusedException>(() =>
            Start("Production", [.. Complete.Keys.Select(key => (key, ""))])
        );
        Assert.All(Complete.Keys, key => Assert.Contains(key, error.Message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("personal-data.key")]
    [InlineData("pseudonym.key")]
    [InlineData("framework.key")]
    [InlineData("signing-*.jwk")]
    public void Start_ProductionWithoutAKey_IsRefusedAndMakesNone(string pattern)
    {
        foreach (var file in Directory.GetFiles(_keys, pattern))
            File.Delete(file);
        var error = Assert.Throws<StartRefusedException>(() => Start("Production", []));
        Assert.Contains(pattern, error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_keys, pattern));
    }

    [Theory]
    [InlineData("quorum w\n", "is not a policy")]
    [InlineData("witness w KEY http://127.0.0.1:7101\nquorum w\n", "no https address")]
    [InlineData("witness w KEY\nquorum w\n", "no https address")]
    [InlineData("witness w KEY https://user@witness.example\nquorum w\n", "no https address")]
    [InlineData("log LOG\nwitness w KEY https://witness.example\nquorum w\n", null)]
    public void Start_ProductionWithAPolicy_TakesWitnessesByHttpsOnly(string policy, string? problem)
    {
        var file = Path.Combine(_keys, "policy");
        using var key = new Ed25519PrivateKey(Ed25519PrivateKey.NewSeed());
        var witness = VerifierKey.Create("w", SignatureType.Cosignature, key.PublicKey).ToString();
        File.WriteAllText(
            file,
            policy
                .Replace("KEY", witness, StringComparison.Ordinal)
                .Replace("LOG", "of another year", StringComparison.Ordinal)
        );
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var refused = Record.Exception(() => Start("Production", [("MyData:Ledger:Policy", file)]));
        Assert.Equal(problem is null, refused is null);
        if (problem is not null)
            Assert.Contains(problem, Assert.IsType<StartRefusedException>(refused).Message, StringComparison.Ordinal);
    }

    public static TheoryData<string, UnixFileMode> Exposing =>
        new()
        {
            { "", UnixFileMode.GroupExecute },
            { "", UnixFileMode.OtherRead },
            { "personal-data.key", UnixFileMode.GroupRead },
            { "pseudonym.key", UnixFileMode.OtherRead },
            { "framework.key", UnixFileMode.OtherWrite },
        };

    [Theory, MemberData(nameof(Exposing)), UnsupportedOSPlatform("windows")]
    public void Start_KeyThatOthersCanRead_IsRefusedInProductionAndMendedInDevelopment(string file, UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("The modes of Unix.");
        var path = Path.GetFullPath(Path.Combine(_keys, file)).TrimEnd('/');
        var before = File.GetUnixFileMode(path);
        File.SetUnixFileMode(path, before | mode);
        var error = Assert.Throws<StartRefusedException>(() => Start("Production", []));
        Assert.Contains($"'{path}'", error.Message, StringComparison.Ordinal);
        Assert.Equal(before | mode, File.GetUnixFileMode(path));
        Start("Development", []);
        Assert.Equal(before, File.GetUnixFileMode(path));
    }

    [Fact, UnsupportedOSPlatform("windows")]
    public void Keys_WhenMade_AreTheOwnersAlone()
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("The modes of Unix.");
        var folder = Path.Combine(_keys, "below", "new");
        PlatformKeys.Make(new KeyFolder(folder, mayCreate: true), TimeProvider.System);
        Assert.Equal("rwx------", Mode(folder));
        Assert.NotEmpty(Directory.GetFiles(folder));
        Assert.All(Directory.GetFiles(folder), file => Assert.Equal("rw-------", Mode(file)));
    }

    [UnsupportedOSPlatform("windows")]
    private static string Mode(string path)
    {
        var mode = (int)File.GetUnixFileMode(path);
        return string.Concat(Enumerable.Range(0, 9).Select(bit => (mode & (256 >> bit)) != 0 ? "rwx"[bit % 3] : '-'));
    }

    private MyDataSettings Start(string environment, (string Key, string Value)[] changes)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(Complete);
        builder.Configuration["MyData:Keys"] = _keys;
        builder.Configuration.AddInMemoryCollection(changes.ToDictionary(c => c.Key, c => (string?)c.Value));
        return builder.AddHosting();
    }
}
