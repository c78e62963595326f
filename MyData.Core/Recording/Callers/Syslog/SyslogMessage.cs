using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>A syslog message (RFC 5424) as far as the ledger reads it: its time, and the parameters of one element of structured data.</summary>
internal sealed partial class SyslogMessage
{
    private static readonly UTF8Encoding Strict = new(
        encoderShouldEmitUTF8Identifier: false,
        throwOnInvalidBytes: true
    );

    public required DateTimeOffset Time { get; init; }

    /// <summary>In their order; a name may be there several times.</summary>
    public required IReadOnlyList<(string Name, string Value)> Parameters { get; init; }

    /// <param name="message">without its frame</param>
    /// <param name="element">the SD-ID, such as <c>mydata@32473</c></param>
    /// <exception cref="LedgerException"><c>syslog.message</c>, <c>syslog.time</c>, <c>syslog.element</c></exception>
    public static SyslogMessage Parse(ReadOnlySpan<byte> message, string element)
    {
        string text;
        try
        {
            text = Strict.GetString(message);
        }
        catch (DecoderFallbackException failure)
        {
            throw new LedgerException("syslog.message", "The message is not UTF-8.", failure);
        }
        var head = Head().Match(text);
        if (!head.Success)
            throw new LedgerException("syslog.message", "Not a message of RFC 5424.");
        if (!TryTime(head.Groups["time"].Value, out var time))
            throw new LedgerException("syslog.time", "The header has no time.");
        var at = head.Length;
        IReadOnlyList<(string, string)>? found = null;
        while (at < text.Length && text[at] == '[')
        {
            var (id, parameters) = Element(text, ref at);
            if (id != element)
                continue;
            if (found is not null)
                throw new LedgerException("syslog.element", "The element is there twice.");
            found = parameters;
        }
        if (at < text.Length && text[at] != ' ')
            throw new LedgerException("syslog.message", "Not a message of RFC 5424.");
        return found is null
            ? throw new LedgerException("syslog.element", "The message has no element of the ledger's.")
            : new SyslogMessage { Time = time, Parameters = found };
    }

    // §6.3: "[" SD-ID *(SP PARAM-NAME "=" %d34 PARAM-VALUE %d34) "]", with \ before ", \ and ] in a value.
    private static (string Id, List<(string Name, string Value)> Parameters) Element(string text, ref int at)
    {
        var id = Name().Match(text, ++at);
        Require(id.Success);
        at += id.Length;
        var parameters = new List<(string, string)>();
        while (at < text.Length && text[at] == ' ')
        {
            var name = Name().Match(text, ++at);
            Require(name.Success && text.AsSpan(at + name.Length).StartsWith("=\""));
            at += name.Length + 2;
            parameters.Add((name.Value, Value(text, ref at)));
        }
        Require(at < text.Length && text[at] == ']');
        at++;
        return (id.Value, parameters);
    }

    private static string Value(string text, ref int at)
    {
        var value = new StringBuilder();
        for (; at < text.Length && text[at] != '"'; at++)
        {
            // §6.3.3: an unescaped ] is malformed; a \ before anything else stands for itself.
            Require(text[at] != ']');
            if (text[at] == '\\' && at + 1 < text.Length && text[at + 1] is '"' or '\\' or ']')
                at++;
            value.Append(text[at]);
        }
        Require(at < text.Length);
        at++;
        return value.ToString();
    }

    // §6.2.3: RFC 3339 with T and Z in capitals, at most six digits of a second, and a time that is known.
    private static bool TryTime(string text, out DateTimeOffset time)
    {
        time = default;
        return Moment().IsMatch(text)
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out time);
    }

    private static void Require(bool condition)
    {
        if (!condition)
            throw new LedgerException("syslog.message", "The structured data are malformed.");
    }

    // §6: PRI, version 1, time, host, application, process, message id; then structured data or a hyphen.
    [GeneratedRegex(
        @"\A<(?:[0-9]|[1-9][0-9]|1[0-8][0-9]|19[01])>1 (?<time>\S{1,32}) [!-~]{1,255} [!-~]{1,48} [!-~]{1,128} [!-~]{1,32} (?:-(?= |\z)|(?=\[))",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Head();

    [GeneratedRegex(@"\G[!#-<>-\\^-~]{1,32}", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Name();

    [GeneratedRegex(
        @"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Moment();
}
