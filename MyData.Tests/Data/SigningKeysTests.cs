using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Core.OpenId;
using MyData.Tests.Support;

namespace MyData.Tests.Data;

public sealed class SigningKeysTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-keys-").FullName;
    private readonly ManualTime _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    [Trait("Conformance", "oidcc-server-rotate-keys")]
    public void Roll_NearTheEnd_AnnouncesAWeekBeforeSigning()
    {
        var keys = new SigningKeys(new KeyFolder(_folder, mayCreate: true), _time);
        var first = Kid(keys.Sign("{}"u8, "test"));
        Assert.False(keys.RollIfDue());

        _time.Advance(SigningKeys.SigningPeriod - SigningKeys.Announcement);
        Assert.True(keys.RollIfDue());
        Assert.False(keys.RollIfDue());
        Assert.Equal(2, keys.Published.Count);
        Assert.Equal(first, Kid(keys.Sign("{}"u8, "test")));

        _time.Advance(SigningKeys.Announcement);
        Assert.NotEqual(first, Kid(keys.Sign("{}"u8, "test")));
        Assert.Contains(keys.Published, key => key.Kid == first);
    }

    [Fact]
    public void Restart_WithTheSameFolder_KeepsItsKeys()
    {
        var before = new SigningKeys(new KeyFolder(_folder, mayCreate: true), _time);
        var receipt = before.Sign("{}"u8, "test");
        var after = new SigningKeys(new KeyFolder(_folder, mayCreate: false), _time);
        var verified = Jws.Verify(receipt, [.. after.Published], new HashSet<string> { JoseNames.Es256 });
        Assert.Equal("{}"u8.ToArray(), verified.Payload);
    }

    [Fact]
    public void Production_WithoutKeys_DoesNotMakeThem()
    {
        var keys = new SigningKeys(new KeyFolder(_folder, mayCreate: false), _time);
        Assert.Throws<InvalidOperationException>(() => keys.Sign("{}"u8, "test"));
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void Published_NeverHoldsAPrivatePart()
    {
        var keys = new SigningKeys(new KeyFolder(_folder, mayCreate: true), _time);
        Assert.All(keys.Published, key => Assert.False(key.IsPrivate));
        Assert.DoesNotContain("\"d\"", JwkSet.ToPublicJson(keys.Published), StringComparison.Ordinal);
    }

    [Fact]
    public void Published_SaysFromWhenUntilWhenEachSigns()
    {
        var keys = Open();
        var start = _time.GetUtcNow();
        Assert.Equal([(start, start + SigningKeys.SigningPeriod)], Periods(keys));
        _time.Advance(SigningKeys.SigningPeriod - SigningKeys.Announcement);
        keys.RollIfDue();
        var next = start + SigningKeys.SigningPeriod;
        Assert.Equal([(next, next + SigningKeys.SigningPeriod), (start, next)], Periods(keys));
        var set = JwkSet.Parse(JwkSet.ToPublicJson(keys.Published));
        Assert.Equal(Periods(keys), set.Select(key => (key.NotBefore, key.Expires)));
    }

    [Fact]
    public void Roll_Late_LetsTheOldOneSignUntilTheNextIsAnnounced()
    {
        var keys = Open();
        var start = Assert.Single(Periods(keys)).From;
        _time.Advance(SigningKeys.SigningPeriod + TimeSpan.FromDays(30));
        Assert.Equal([(start, null)], Periods(keys));
        Assert.True(keys.RollIfDue());
        var next = _time.GetUtcNow() + SigningKeys.Announcement;
        Assert.Equal((start, next), Periods(keys)[1]);
        Assert.Equal(keys.Published[1].Kid, Kid(keys.Sign("{}"u8, "test")));
        Assert.Empty(keys.RetireOld());
    }

    [Fact]
    public void Retire_AfterItsTimeAndTheGrace_LeavesThePublicHalfAlone()
    {
        var keys = Open();
        var receipt = keys.Sign("{}"u8, "test");
        Roll(keys);
        _time.Advance(SigningKeys.Grace - TimeSpan.FromSeconds(1));
        Assert.Empty(keys.RetireOld());
        Assert.Equal(2, PrivateHalves());

        _time.Advance(TimeSpan.FromSeconds(1));
        var before = Periods(keys);
        Assert.Equal([Kid(receipt)], keys.RetireOld());
        Assert.Empty(keys.RetireOld());
        Assert.Equal(1, PrivateHalves());
        Assert.Equal(before, Periods(keys));
        foreach (var one in new[] { keys, Open() })
        {
            Jws.Verify(receipt, [.. one.Published], JoseNames.SignatureAlgs);
            Assert.NotEqual(Kid(receipt), Kid(one.Sign("{}"u8, "test")));
        }
        if (!OperatingSystem.IsWindows())
            Assert.Empty(new KeyFolder(_folder, mayCreate: false).Exposed());
    }

    /// <summary>The steps are: the public half in a file of its own, and its move to the key's place.</summary>
    [Theory]
    [InlineData("")]
    [InlineData("{\"kty\":\"EC\",")]
    [InlineData("whole")]
    public void Retire_DiedBeforeTheMove_LosesNothingAndGoesOn(string written)
    {
        var keys = Open();
        var receipt = keys.Sign("{}"u8, "test");
        Roll(keys);
        _time.Advance(SigningKeys.Grace);
        var file = Directory.GetFiles(_folder, SigningKeys.FilePattern).Order(StringComparer.Ordinal).First();
        var half = written == "whole" ? keys.Published[1].ToJson() : written;
        File.WriteAllText($"{file}.{Environment.ProcessId}.part", half);

        var after = Open();
        Assert.Equal(Periods(keys), Periods(after));
        Jws.Verify(receipt, [.. after.Published], JoseNames.SignatureAlgs);
        Assert.Equal([Kid(receipt)], after.RetireOld());
        Assert.Equal(1, PrivateHalves());
        Assert.Equal(2, Directory.GetFiles(_folder).Length);
        Jws.Verify(receipt, [.. Open().Published], JoseNames.SignatureAlgs);
    }

    [Fact]
    public void Retire_DiedAfterTheMove_IsDone()
    {
        var keys = Open();
        Roll(keys);
        _time.Advance(SigningKeys.Grace);
        Open().RetireOld();
        Assert.Empty(Open().RetireOld());
        Assert.Equal(2, Open().Published.Count);
        // The process that did not see it goes on with what it has in memory.
        Assert.Single(keys.RetireOld());
        Assert.Equal(1, PrivateHalves());
    }

    [Fact]
    public void Retire_ClockSetBackAfterwards_SignsWithTheOldestThatCan()
    {
        var keys = Open();
        Roll(keys);
        _time.Advance(SigningKeys.Grace);
        keys.RetireOld();
        var early = keys.Sign("{}"u8, "test", _time.GetUtcNow() - SigningKeys.SigningPeriod);
        Assert.Equal(keys.Published[0].Kid, Kid(early));
    }

    [Fact]
    public void Grace_OutlivesEveryToken()
    {
        Assert.True(SigningKeys.Grace >= TransferTokens.NativeLifetime);
        Assert.True(SigningKeys.Grace >= TransferTokens.NationalLifetime);
    }

    private SigningKeys Open() => new(new KeyFolder(_folder, mayCreate: true), _time);

    private static List<(DateTimeOffset? From, DateTimeOffset? Until)> Periods(SigningKeys keys) =>
        [.. keys.Published.Select(key => (key.NotBefore, key.Expires))];

    /// <summary>To where the second key has just begun.</summary>
    private void Roll(SigningKeys keys)
    {
        _ = keys.Published;
        _time.Advance(SigningKeys.SigningPeriod - SigningKeys.Announcement);
        Assert.True(keys.RollIfDue());
        _time.Advance(SigningKeys.Announcement);
    }

    private int PrivateHalves() =>
        Directory.GetFiles(_folder).Count(file => File.ReadAllText(file).Contains("\"d\"", StringComparison.Ordinal));

    private static string Kid(string jws)
    {
        var header = Base64UrlText.Decode(jws.Split('.')[0]);
        return StrictJson.ParseObject(header, "test").GetProperty("kid").GetString()!;
    }
}
