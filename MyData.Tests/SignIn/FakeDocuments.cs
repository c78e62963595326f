using MyData.Web.Features.SignIn;

namespace MyData.Tests.SignIn;

/// <summary>An authority that knows Alice, Bob and the numbered people.</summary>
public sealed class FakeDocuments : IDocumentAuthority
{
    private int _asked;

    /// <summary>How often it was asked.</summary>
    public int Asked => _asked;

    public bool IsDown { get; set; }

    public Task<DocumentAnswer> MatchAsync(DocumentNumbers numbers, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _asked);
        if (IsDown)
            return Task.FromResult(DocumentAnswer.Unavailable);
        var known = new[] { Person.Alice, Person.Bob }
            .Concat(Enumerable.Range(1, 50).Select(Person.Number))
            .Any(p =>
                p.Id == numbers.Id.Value && p.HealthCard == numbers.HealthCard && p.Household == numbers.Household
            );
        return Task.FromResult(known ? DocumentAnswer.Match : DocumentAnswer.NoMatch);
    }
}
