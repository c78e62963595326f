using System.Reflection;
using System.Text.RegularExpressions;
using MyData.Core.Events;
using MyData.Core.History;
using MyData.Tests.Support;

namespace MyData.Tests.Events;

/// <summary>Events/README.md is a promise to whoever reads the events: what is in the code is in it, and the other way round.</summary>
public sealed partial class EventCatalogueTests
{
    // About nobody's data.
    private static readonly string[] Nobodys =
    [
        EventKinds.CatalogChanged,
        EventKinds.KeyRolled,
        EventKinds.StaffEnrolled,
        EventKinds.StaffSignedIn,
        EventKinds.StaffSignedOut,
        EventKinds.StaffRefused,
        EventKinds.StaffPasskeyAdded,
        EventKinds.StaffPasskeyRemoved,
        EventKinds.StaffLeft,
        EventKinds.LedgerKeyAdded,
        EventKinds.LedgerKeyRevoked,
        EventKinds.LedgerHoldAllowed,
        EventKinds.LedgerHoldEnded,
        EventKinds.AlarmRaised,
        EventKinds.AlarmSeen,
        EventKinds.AlarmClosed,
        EventKinds.AuditExported,
        EventKinds.VaultOpened,
        EventKinds.PolicyChanged,
        EventKinds.CounterClosed,
    ];

    private static readonly string[] Actors =
    [
        "citizen",
        "agent",
        "platform",
        "provider",
        "service",
        "operator",
        "unknown",
    ];

    private static readonly string[] Kinds =
    [
        .. typeof(EventKinds)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(field => (string)field.GetRawConstantValue()!),
    ];

    private static readonly MatchCollection Rows = Row()
        .Matches(File.ReadAllText(Path.Combine(Repository.Root, "MyData.Core", "Events", "README.md")));

    [Fact]
    public void Catalogue_HoldsEveryKindOnceAndNoOther()
    {
        Assert.Equal(Kinds.Length, Kinds.Distinct().Count());
        Assert.Equal(
            Kinds.Order(StringComparer.Ordinal),
            Rows.Select(r => r.Groups["kind"].Value).Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void Catalogue_SaysWhatItTellsAndWhoActs() =>
        Assert.All(
            Rows,
            row =>
            {
                Assert.EndsWith(".", row.Groups["meaning"].Value);
                Assert.Contains(row.Groups["actor"].Value, Actors);
            }
        );

    [Fact]
    public void History_KnowsEveryKindThatCanConcernACitizen() =>
        Assert.Equal(
            Kinds.Except(Nobodys).Order(StringComparer.Ordinal),
            HistoryKinds.All.Order(StringComparer.Ordinal)
        );

    [GeneratedRegex(
        @"^\| `(?<kind>[a-z]+\.[a-z-]+)` \| (?<meaning>[^|]+) \| (?<actor>[a-z]+) \|(?<fields>[^|]*)\|$",
        RegexOptions.Multiline
    )]
    private static partial Regex Row();
}
