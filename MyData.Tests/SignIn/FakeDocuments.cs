using System.Collections.Concurrent;
using MyData.Web.Features.SignIn;

namespace MyData.Tests.SignIn;

/// <summary>An authority that knows Alice, Bob and the numbered people.</summary>
public sealed class FakeDocuments : IDocumentAuthority
{
    private readonly ConcurrentDictionary<string, Person> _known = new(
        new[] { Person.Alice, Person.Bob }
            .Concat(Enumerable.Range(1, 50).Select(Person.Number))
            .ToDictionary(person => person.Id)
    );
    private int _asked;

    /// <summary>How often it was asked.</summary>
    public int Asked => _asked;

    public bool IsDown { get; set; }

    public void Add(Person person) => _known[person.Id] = person;

    public Task<DocumentAnswer> MatchAsync(DocumentNumbers numbers, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        if (IsDown)
            return Task.FromResult(DocumentAnswer.Unavailable);
        var match =
            _known.TryGetValue(numbers.Id.Value, out var person)
            && person.HealthCard == numbers.HealthCard
            && person.Household == numbers.Household;
        return Task.FromResult(match ? DocumentAnswer.Match : DocumentAnswer.NoMatch);
    }
}
