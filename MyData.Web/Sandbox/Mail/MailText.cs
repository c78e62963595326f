using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace MyData.Web.Sandbox.Mail;

/// <summary>
/// Subject and plain text of a message (RFC 5322, RFC 2045 to 2047): enough for reading, so nothing here throws, and what
/// cannot be read is shown as it came.
/// </summary>
public static partial class MailText
{
    private const int DeepestPart = 4;

    public static (string Subject, string Text) Read(ReadOnlySpan<byte> message)
    {
        var (headers, body) = Split(Encoding.Latin1.GetString(message));
        return (Words(headers.GetValueOrDefault("subject", "")), Text(headers, body, 0));
    }

    private static (Dictionary<string, string> Headers, string Body) Split(string part)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        var end = part.IndexOf("\r\n\r\n", StringComparison.Ordinal);
        var head = end < 0 ? part : part[..end];
        foreach (var line in Folded().Replace(head, " ").Split("\r\n"))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
                headers.TryAdd(line[..colon].Trim(), line[(colon + 1)..].Trim());
        }
        return (headers, end < 0 ? "" : part[(end + 4)..]);
    }

    private static string Text(Dictionary<string, string> headers, string body, int depth)
    {
        var type = headers.GetValueOrDefault("content-type", "text/plain");
        if (type.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) && depth < DeepestPart)
        {
            var boundary = Parameter(type, "boundary");
            foreach (var part in body.Split("--" + boundary).Skip(1))
            {
                var (inner, text) = Split(part.TrimStart('\r', '\n'));
                var kind = inner.GetValueOrDefault("content-type", "text/plain");
                if (
                    kind.StartsWith("text/plain", StringComparison.OrdinalIgnoreCase)
                    || kind.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase)
                )
                    return Text(inner, text, depth + 1);
            }
            return "";
        }
        var bytes = Bytes(headers.GetValueOrDefault("content-transfer-encoding", "8bit"), body);
        return Charset(Parameter(type, "charset"))
            .GetString(bytes)
            .Replace("\r\n", "\n", StringComparison.Ordinal)
            .TrimEnd();
    }

    private static byte[] Bytes(string encoding, string body) =>
        encoding.ToUpperInvariant() switch
        {
            "BASE64" => FromBase64(body),
            "QUOTED-PRINTABLE" => FromQuoted(SoftBreak().Replace(body, "")),
            _ => Encoding.Latin1.GetBytes(body),
        };

    private static string Words(string value) =>
        EncodedWord()
            .Replace(
                BetweenWords().Replace(value, "${end}"),
                word =>
                    Charset(word.Groups["charset"].Value)
                        .GetString(
                            word.Groups["kind"].Value is "B" or "b"
                                ? FromBase64(word.Groups["text"].Value)
                                : FromQuoted(word.Groups["text"].Value.Replace('_', ' '))
                        )
            );

    private static byte[] FromBase64(string text)
    {
        var clean = Encoding.ASCII.GetBytes(text);
        var bytes = new byte[Base64.GetMaxDecodedFromUtf8Length(clean.Length)];
        var done = Base64.DecodeFromUtf8(clean, bytes, out _, out var length);
        return done == System.Buffers.OperationStatus.Done ? bytes[..length] : Encoding.Latin1.GetBytes(text);
    }

    private static byte[] FromQuoted(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (
                text[i] == '='
                && i + 2 < text.Length
                && byte.TryParse(
                    text.AsSpan(i + 1, 2),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out var value
                )
            )
            {
                bytes.Add(value);
                i += 2;
            }
            else
            {
                bytes.Add((byte)text[i]);
            }
        }
        return [.. bytes];
    }

    private static Encoding Charset(string name) =>
        name.ToUpperInvariant() is "ISO-8859-1" or "LATIN1" ? Encoding.Latin1 : Encoding.UTF8;

    private static string Parameter(string header, string name)
    {
        var match = Regex.Match(
            header,
            $"""\b{name}\s*=\s*("(?<v>[^"]*)"|(?<v>[^;\s]+))""",
            RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
            TimeSpan.FromSeconds(1)
        );
        return match.Groups["v"].Value;
    }

    [GeneratedRegex(@"\r\n[ \t]+", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Folded();

    [GeneratedRegex(@"=[ \t]*\r\n", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex SoftBreak();

    [GeneratedRegex(@"(?<end>\?=)\s+(?==\?)", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, 1_000)]
    private static partial Regex BetweenWords();

    [GeneratedRegex(
        @"=\?(?<charset>[\w-]+)\?(?<kind>[BbQq])\?(?<text>[^?]*)\?=",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1_000
    )]
    private static partial Regex EncodedWord();
}
