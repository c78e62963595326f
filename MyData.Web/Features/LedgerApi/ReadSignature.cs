using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using MyData.Core.Ledger;
using MyData.Core.Recording;

namespace MyData.Web.Features.LedgerApi;

/// <summary>
/// A question that only a registered system may ask about itself, signed by the key that it signs records with:
/// <c>Authorization: MyData-Key via="NAME", kid="KID", t="MILLISECONDS", sig="BASE64URL"</c>, over
/// <c>mydata.ledger/read/v1\nMETHOD PATH?QUERY\nMILLISECONDS\n</c>. Who copies it may ask the same for five minutes, and learns what the
/// answer said.
/// </summary>
public sealed partial class ReadSignature(ClientKeys keys, TimeProvider time)
{
    public const string Scheme = "MyData-Key";

    /// <summary>No such header, or none of this form.</summary>
    public const string Unsigned = "read.unsigned";

    /// <summary>No key that is good, another time than ours, or not of these bytes: which, a stranger need not know.</summary>
    public const string Refused = "read.signature";

    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    /// <returns>the name of the system that asks</returns>
    /// <exception cref="LedgerException"><see cref="Unsigned"/>, <see cref="Refused"/></exception>
    public async Task<string> RequireAsync(HttpRequest request, CancellationToken token)
    {
        var match = Form().Match(request.Headers.Authorization.ToString());
        if (!match.Success)
            throw new LedgerException(Unsigned, "The question carries no signature of the system that asks.");
        var via = match.Groups["via"].Value;
        var at = long.Parse(match.Groups["t"].Value, CultureInfo.InvariantCulture);
        var message = Encoding.UTF8.GetBytes(
            $"mydata.ledger/read/v1\n{request.Method} {request.Path}{request.QueryString}\n{at}\n"
        );
        var off = time.GetUtcNow().ToUnixTimeMilliseconds() - at;
        if (
            await keys.FindAsync(via, match.Groups["kid"].Value, token) is not { RevokedAt: null, Key: { } key }
            || Math.Abs(off) > Skew.TotalMilliseconds
            || !key.Verify(message, Base64Url.DecodeFromChars(match.Groups["sig"].Value))
        )
            throw new LedgerException(Refused, "Not signed by a key of this system, or not now.");
        return via;
    }

    [GeneratedRegex(
        """^MyData-Key via="(?<via>[a-z0-9.-]{1,64})", kid="(?<kid>[A-Za-z0-9_-]{1,64})", t="(?<t>[0-9]{1,15})", sig="(?<sig>[A-Za-z0-9_-]{85}[AQgw])"$""",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex Form();
}
