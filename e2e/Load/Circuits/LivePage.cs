using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using MyData.Load.Browsing;

namespace MyData.Load.Circuits;

/// <summary>What a prerendered live page tells Blazor's script: its root components and their state, in HTML comments.</summary>
public sealed partial class LivePage
{
    private LivePage(Uri url, string operations, string state)
    {
        Url = url;
        Operations = operations;
        State = state;
    }

    public Uri Url { get; }

    /// <summary>The batch that adds every root component, as the script sends it.</summary>
    public string Operations { get; }

    public string State { get; }

    /// <exception cref="LoadException">The page holds no live component.</exception>
    public static LivePage Read(Answer page)
    {
        var operations = new JsonArray();
        foreach (Match marker in Markers().Matches(page.Text))
        {
            var json = JsonNode.Parse(marker.Groups["json"].Value)!;
            // The comment after a component repeats its prerender id and nothing else.
            if (json["type"]?.GetValue<string>() == "server")
                operations.Add(
                    new JsonObject
                    {
                        ["type"] = "add",
                        ["ssrComponentId"] = operations.Count + 1,
                        ["marker"] = json,
                    }
                );
        }
        if (operations.Count == 0)
            throw page.Unexpected("no live component");
        return new LivePage(
            page.Url,
            new JsonObject { ["batchId"] = 1, ["operations"] = operations }.ToJsonString(JsonSerializerOptions.Web),
            StateComment().Match(page.Text).Groups["state"].Value
        );
    }

    [GeneratedRegex("<!--Blazor:(?<json>\\{.*?\\})-->", RegexOptions.Singleline)]
    private static partial Regex Markers();

    [GeneratedRegex("<!--Blazor-Server-Component-State:(?<state>[^-]*(?:-(?!->)[^-]*)*)-->")]
    private static partial Regex StateComment();
}
