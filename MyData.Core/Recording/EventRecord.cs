using System.Text;
using MyData.Core.Consent;
using MyData.Core.Events;
using MyData.Core.Ledger;

namespace MyData.Core.Recording;

/// <summary>
/// An event as a record: who gave what to whom, why, on which proof of identity, with which result, in codes alone. Any kind of event
/// becomes one; what an event adds for its record stands in its details (<see cref="EventFacts"/>).
/// </summary>
internal static class EventRecord
{
    /// <summary>The platform, as a source, a recipient and the system that records.</summary>
    public const string Platform = "mydata";

    /// <summary>Whoever the data set's owner gives it to, where the consent is to herself.</summary>
    public const string Citizen = "citizen";

    /// <summary>Somebody who works for the platform; who it was says <c>act</c>, to the platform alone.</summary>
    public const string Staff = "staff";

    private const string Operator = "operator:";

    /// <summary>Why a thing happens that no consent stands behind: the service is run.</summary>
    public const string Operation = "operation";

    // A record has 8 kB; what says more than half of that in fields says its data sets instead.
    private const int MostFields = 128;
    private const int MostFieldBytes = 4096;

    /// <param name="consent">that the event belongs to</param>
    /// <param name="person">of the citizen whom it is about</param>
    /// <param name="acting">makes the mark of somebody who works for the platform</param>
    /// <param name="kid">the log's key</param>
    public static LedgerRecord Of(
        Guid id,
        Event happened,
        ConsentCodes? consent,
        PersonMark? person,
        Func<string, byte[]> acting,
        string kid
    )
    {
        var items = consent?.Items ?? [];
        if (happened.DataSetId is { } dataSet)
            items = [.. items.Where(item => item.DataSet == dataSet)];
        var facts = EventFacts.Of(happened);
        return new LedgerRecord
        {
            Id = id,
            Time = happened.At,
            From = items is [var only]
                ? $"{only.Provider}/{only.DataSet}@{only.SchemaVersion}"
                : happened.DataSetId ?? Platform,
            To = facts.To ?? To(happened),
            Via = Platform,
            Kid = kid,
            Operation = happened.Kind,
            Reason = happened.Purpose ?? facts.Why ?? consent?.Purpose ?? Operation,
            Result = happened.Code,
            Identity = facts.Identity,
            Fields = facts.Claims ?? Fields(items),
            Persons = person is null ? 0 : 1,
            Actor = IsStaff(happened) ? acting(happened.Actor) : null,
            Tags = person is null ? [] : [person.Tag],
            SealDigest = facts.Seal,
            RequestHash = Salted(person, happened.RequestDigest, SaltedHash.OfRequest),
            ResponseHash = Salted(person, happened.ResponseDigest, SaltedHash.OfResponse),
            ConsentHash = Salted(
                person,
                happened.ConsentId is { } consentId ? Encoding.ASCII.GetBytes(consentId.ToString("D")) : null,
                SaltedHash.OfConsent
            ),
        };
    }

    /// <summary>The data set that a record names; null for several, or none.</summary>
    public static string? DataSetOf(LedgerRecord record)
    {
        var name = record.From[(record.From.IndexOf('/', StringComparison.Ordinal) + 1)..];
        var version = name.LastIndexOf('@');
        return name == Platform ? null
            : version < 0 ? name
            : name[..version];
    }

    private static byte[]? Salted(
        PersonMark? person,
        byte[]? content,
        Func<ReadOnlySpan<byte>, ReadOnlySpan<byte>, byte[]> hash
    ) => person?.Salt is { } salt && content is not null ? hash(salt, content) : null;

    // An agency that asks who she is gets the answer; all else about a consent to herself goes to her.
    private static string To(Event happened) =>
        happened.Kind is EventKinds.SubjectRead or EventKinds.SubjectIntrospected ? happened.Actor
        : happened.ConsentId is not null || happened.Kind == EventKinds.NoticeQueued ? Citizen
        : happened.Actor == "platform" ? Platform
        : IsStaff(happened) ? Staff
        : happened.Actor;

    private static bool IsStaff(Event happened) => happened.Actor.StartsWith(Operator, StringComparison.Ordinal);

    private static IReadOnlyList<string> Fields(IReadOnlyList<ConsentItem> items)
    {
        var fields = items
            .SelectMany(item => item.Fields.Select(field => items.Count == 1 ? field : $"{item.DataSet}:{field}"))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        return fields.Count <= MostFields && fields.Sum(Encoding.UTF8.GetByteCount) <= MostFieldBytes
            ? fields
            : [.. items.Select(item => item.DataSet).Distinct(StringComparer.Ordinal)];
    }
}

/// <summary>One person in one record.</summary>
/// <param name="Salt">of its hashes; none where her key is destroyed</param>
internal sealed record PersonMark(byte[] Tag, byte[]? Salt);
