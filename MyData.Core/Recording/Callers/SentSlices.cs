using MyData.Core.Data;

namespace MyData.Core.Recording;

/// <summary>A large batch in several writes, so that others get their turn between them: the platform has one writer.</summary>
internal static class SentSlices
{
    /// <summary>Records in one write, and tags; a record with more tags is written alone.</summary>
    public const int Size = 50;

    /// <summary>In their order, none left out.</summary>
    public static IEnumerable<List<SentRecord>> Of(IEnumerable<SentRecord> all)
    {
        var slice = new List<SentRecord>(Size);
        var tags = 0;
        foreach (var sent in all)
        {
            if (slice.Count == Size || (slice.Count > 0 && tags + sent.Persons.Count > Size))
            {
                yield return slice;
                slice = new List<SentRecord>(Size);
                tags = 0;
            }
            slice.Add(sent);
            tags += sent.Persons.Count;
        }
        if (slice.Count > 0)
            yield return slice;
    }
}
