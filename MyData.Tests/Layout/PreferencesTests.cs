using MyData.Web.Layout;

namespace MyData.Tests.Layout;

public sealed class PreferencesTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/datasets?q=%E8%BB%8A&ds=a&ds=b")]
    [InlineData("/datasets/API.1#fields")]
    public void Local_PathOfOurs_IsKept(string path) => Assert.Equal(path, Preferences.Local(path));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("datasets")]
    [InlineData("//evil.example")]
    [InlineData("/\\evil.example")]
    [InlineData("/a\\..\\evil")]
    [InlineData("\\/evil.example")]
    [InlineData("https://evil.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("/a\r\nSet-Cookie: a=b")]
    [InlineData("/\t/evil.example")]
    [InlineData("/ /evil.example")]
    [InlineData("/車")]
    public void Local_AnythingElse_LeadsHome(string? path) => Assert.Equal("/", Preferences.Local(path));
}
