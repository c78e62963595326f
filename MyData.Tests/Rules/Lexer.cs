using System.Text.RegularExpressions;

namespace MyData.Tests.Rules;

/// <summary>Just enough of C#, Razor and JavaScript to tell a comment from a string.</summary>
internal static partial class Lexer
{
    /// <summary>The text with every comment taken out, strings and line ends kept.</summary>
    public static string WithoutComments(string source) =>
        Token()
            .Replace(
                source,
                match => match.Value is ['/' or '@' or '<', ..] && !match.Groups["string"].Success ? "" : match.Value
            );

    [GeneratedRegex(
        @"(?<string>""""""[\s\S]*?""""""|\$?@""(?:[^""]|"""")*""|""(?:\\.|[^""\\\n])*""|`(?:\\.|[^`\\])*`|'(?:\\.|[^'\\\n])')|//[^\n]*|/\*[\s\S]*?\*/|@\*[\s\S]*?\*@|<!--[\s\S]*?-->"
    )]
    private static partial Regex Token();
}
