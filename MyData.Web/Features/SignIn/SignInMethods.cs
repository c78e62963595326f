using MyData.Core.Citizens;

namespace MyData.Web.Features.SignIn;

/// <summary>Which methods are offered to whom, and in which order.</summary>
public static class SignInMethods
{
    // The most that each can prove; a passkey proves what its session did, which is known only after it is used.
    private static readonly (IdentityMethod Method, AssuranceLevel Most)[] Offered =
    [
        (IdentityMethod.Upstream, AssuranceLevel.LoA2),
        (IdentityMethod.Documents, AssuranceLevel.LoA2),
        (IdentityMethod.Passkey, AssuranceLevel.LoA2),
    ];

    /// <param name="first">The proof that a first use has given already: only another kind is wanted.</param>
    /// <param name="wanted">The level that must be reached; None: any.</param>
    /// <param name="last">What was used on this device before; offered first.</param>
    /// <param name="accepted">The codes of the methods that count; empty: all.</param>
    public static IEnumerable<IdentityMethod> Offer(
        IdentityMethod? first,
        AssuranceLevel wanted,
        string? last,
        IReadOnlyList<string> accepted
    ) =>
        Offered
            .Where(offer => offer.Most >= wanted && (accepted.Count == 0 || accepted.Contains(offer.Method.Code)))
            .Select(offer => offer.Method)
            .Where(method => first is null || (method.Class != first.Class && method != IdentityMethod.Passkey))
            .OrderBy(method => method.Code == last ? 0 : 1);
}
