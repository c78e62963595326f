using MyData.Core.Data;
using MyData.Core.Encryption;
using MyData.Tests.Support;

namespace MyData.Tests.Data;

public sealed class SigningKeysTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("mydata-keys-").FullName;
    private readonly ManualTime _time = new();

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
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

    private static string Kid(string jws)
    {
        var header = Base64UrlText.Decode(jws.Split('.')[0]);
        return StrictJson.ParseObject(header, "test").GetProperty("kid").GetString()!;
    }
}
