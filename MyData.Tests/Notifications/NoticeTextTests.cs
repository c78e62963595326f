using System.Globalization;
using MyData.Core.Notifications;

namespace MyData.Tests.Notifications;

public sealed class NoticeTextTests
{
    public static TheoryData<string, string> KindsAndLanguages =>
        [.. NoticeKinds.All.SelectMany(kind => new[] { (kind.Name, "zh-TW"), (kind.Name, "en") })];

    [Theory, MemberData(nameof(KindsAndLanguages))]
    public void Words_EveryKindInEveryLanguage_AreThere(string kind, string language)
    {
        var culture = CultureInfo.GetCultureInfo(language);
        var values = new Dictionary<string, string>();
        var texts = new[]
        {
            NoticeText.Subject(kind, values, culture),
            NoticeText.Body(kind, values, culture),
            NoticeText.Line(kind, values, culture),
        };
        Assert.All(texts, text => Assert.False(string.IsNullOrWhiteSpace(text)));
        Assert.Equal(language == "zh-TW", texts[2].Any(c => c is >= '\u4E00' and <= '\u9FFF'));
    }

    [Fact]
    public void Line_ValueWithBraces_StaysAsItIs()
    {
        var values = new Dictionary<string, string> { ["dataset"] = "{code}", ["code"] = "secret" };
        Assert.Contains("{code}", NoticeText.Line(NoticeKinds.TransferReady, values, CultureInfo.GetCultureInfo("en")));
    }

    [Theory]
    [InlineData("zh-TW", "民國 115 年 3 月 2 日 00:30", "民國 115 年 3 月 2 日", "縣市")]
    [InlineData("en", "2 March 2026, 00:30", "2 March 2026", "County")]
    public void Read_TimesDatesAndTexts_AreInTheReadersLanguage(string language, string when, string due, string place)
    {
        var json = NoticeParameters.Write(
            new
            {
                when = new DateTimeOffset(2026, 3, 1, 16, 30, 0, TimeSpan.Zero),
                due = new DateOnly(2026, 3, 2),
                place = new { zh = "縣市", en = "County" },
            }
        );
        var values = NoticeParameters.Read(json, CultureInfo.GetCultureInfo(language));
        Assert.Equal([when, due, place], [values["when"], values["due"], values["place"]]);
    }
}
