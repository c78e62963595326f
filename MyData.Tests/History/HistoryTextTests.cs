using System.Globalization;
using System.Resources;
using System.Text.RegularExpressions;
using MyData.Core.History;
using MyData.Core.Notifications;
using MyData.Web.Features.History;

namespace MyData.Tests.History;

/// <summary>Nothing that can happen to a citizen is without words, in either language.</summary>
public sealed partial class HistoryTextTests
{
    private static readonly ResourceManager Texts = new(typeof(HistoryText));
    private static readonly string[] Places = ["agency", "dataset", "notice", "number", "office", "service"];

    public static TheoryData<string> Keys =>
        [
            .. HistoryKinds.All.Select(kind => $"Line-{kind}"),
            .. NoticeKinds.All.Select(kind => $"Notice-{kind.Name}"),
            .. ComplaintChoices.All.Select(choice => $"Choice-{choice}"),
            .. Enum.GetNames<HistoryTopic>().SelectMany(topic => new[] { $"Topic-{topic}", $"Why-{topic}" }),
            .. Enum.GetNames<HistoryResult>().Select(result => $"Result-{result}"),
        ];

    [Theory, MemberData(nameof(Keys))]
    public void Words_InBothLanguages_AreThereWithTheSamePlaces(string key)
    {
        var chinese = Texts.GetString(key, CultureInfo.GetCultureInfo("zh-TW"));
        var english = Texts.GetString(key, CultureInfo.GetCultureInfo("en"));
        Assert.False(string.IsNullOrWhiteSpace(chinese) || string.IsNullOrWhiteSpace(english), key);
        Assert.NotEqual(chinese, english);
        Assert.Equal(Named(chinese!), Named(english!));
        Assert.Empty(Named(chinese!).Except(Places));
    }

    [Fact]
    public void Sentence_ValueWithBraces_IsCutOnce()
    {
        var phrases = HistoryWords.Sentence(
            "A {dataset} of {agency}.",
            new Dictionary<string, string> { ["dataset"] = "{agency}", ["agency"] = "<b>" }
        );
        Assert.Equal(
            [new("A ", false), new("{agency}", true), new(" of ", false), new("<b>", true), new Phrase(".", false)],
            phrases
        );
    }

    private static IEnumerable<string> Named(string text) =>
        Place().Matches(text).Select(match => match.Groups[1].Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{([a-z]+)\}")]
    private static partial Regex Place();
}
