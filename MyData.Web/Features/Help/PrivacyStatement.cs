using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Localization;
using MyData.Core.Citizens;
using MyData.Core.Data;
using MyData.Core.OpenId;
using MyData.Core.Transfers;

namespace MyData.Web.Features.Help;

/// <summary>What of the privacy statement depends on this portal: the times after which it really deletes.</summary>
public sealed class PrivacyStatement(TransferSettings transfers, CitizenSettings citizens, RetentionSettings keep)
{
    private static readonly (TimeSpan Length, string One, string Many)[] Units =
    [
        (TimeSpan.FromDays(365), "Time-Year", "Time-Years"),
        (TimeSpan.FromDays(1), "Time-Day", "Time-Days"),
        (TimeSpan.FromHours(1), "Time-Hour", "Time-Hours"),
        (TimeSpan.FromMinutes(1), "Time-Minute", "Time-Minutes"),
    ];

    private static readonly string Usual = Mark(TimesOf(new(), new(), new()));

    private readonly TimeSpan[] _times = TimesOf(transfers, citizens, keep);

    /// <summary>
    /// The version of the words; where this portal's times are not the usual ones, with a mark of its own behind it, because
    /// receipts name what she read.
    /// </summary>
    public string Version =>
        Mark(_times) is var own && own == Usual ? PolicyVersions.Privacy : $"{PolicyVersions.Privacy}+{own}";

    /// <summary>The section "for how long".</summary>
    public string Kept(IStringLocalizer<PolicyText> text) =>
        text["Privacy-KeptText", [.. _times.Select(time => (object)Words(time, text))]].Value;

    // In the order of the placeholders in the text.
    private static TimeSpan[] TimesOf(TransferSettings transfers, CitizenSettings citizens, RetentionSettings keep) =>
        [
            transfers.Retention,
            citizens.SessionLife,
            citizens.SessionIdle,
            keep.EndedSessions,
            TransferTokens.NationalLifetime,
            AttemptCounter.Memory,
            keep.UnfinishedAccounts,
            keep.EndedTransfers,
            keep.Notices,
        ];

    /// <summary>In the largest unit that counts it whole; what is below a minute counts as one.</summary>
    private static string Words(TimeSpan time, IStringLocalizer<PolicyText> text)
    {
        var (length, one, many) = Units.FirstOrDefault(unit => time.Ticks % unit.Length.Ticks == 0, Units[^1]);
        var count = (long)Math.Ceiling(time / length);
        return text[count == 1 ? one : many, count.ToString(CultureInfo.InvariantCulture)].Value;
    }

    private static string Mark(TimeSpan[] times) =>
        Convert.ToHexStringLower(
            SHA256.HashData(Encoding.ASCII.GetBytes(string.Join(' ', times.Select(t => t.Ticks))))
        )[..8];
}
