using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using MyData.Tests.Support;
using MyData.Web.Features.Help;

namespace MyData.Tests.Help;

/// <summary>A receipt names the version that she saw; so the words of a version never change.</summary>
public sealed class PolicyVersionTests
{
    [Theory]
    [InlineData(
        "Privacy",
        PolicyVersions.Privacy,
        "1.10",
        "bcff235588758fa7fdfc5ce2fe0fdec72fe21be1bd1a76ae87368327b0a08a05"
    )]
    [InlineData(
        "Terms",
        PolicyVersions.Terms,
        "1.0",
        "19e25417fedf8e297f87e4cc45747b0ebb995fbadb7d0077ee82a30ab9d9fbe0"
    )]
    public void Words_OfTheVersionInForce_AreTheOnesThatWerePublished(
        string statement,
        string version,
        string published,
        string digest
    )
    {
        Assert.Equal(published, version);
        Assert.True(
            digest == Digest(statement),
            $"The words of '{statement}' are others than those of version {published} ({Digest(statement)}): give them a new version and day."
        );
    }

    private static string Digest(string statement)
    {
        var words = new[] { "", ".en" }
            .Select(language => XDocument.Parse(Repository.Read($"MyData.Web/Features/Help/PolicyText{language}.resx")))
            .SelectMany(file => file.Root!.Elements("data"))
            .Where(entry => entry.Attribute("name")!.Value.StartsWith(statement, StringComparison.Ordinal))
            .Select(entry => $"{entry.Attribute("name")!.Value}\n{entry.Element("value")!.Value}");
        // The usual times are part of what was published.
        if (statement == "Privacy")
            words = words.Append(PrivacyTimesTests.Kept("zh-TW")).Append(PrivacyTimesTests.Kept("en"));
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', words))));
    }
}
