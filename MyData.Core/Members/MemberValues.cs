using System.Globalization;
using MyData.Core.Catalog;
using MyData.Core.Citizens;

namespace MyData.Core.Members;

/// <summary>The values of claims, from her account and from nowhere else. They are read for the moment that needs them, and stand in no row.</summary>
public sealed class MemberValues(CitizenAccounts accounts)
{
    /// <summary>What is known of her, by claim; without those that are not, such as an address that she has not proved.</summary>
    public async Task<IReadOnlyDictionary<string, string>> OfAsync(Guid citizenId, CancellationToken token)
    {
        var known = new Dictionary<string, string>(StringComparer.Ordinal);
        if (await accounts.FindIdentityAsync(citizenId, token) is not { } identity)
            return known;
        known[SignInClaims.Name] = identity.Name;
        known[SignInClaims.Birthdate] = identity.Birthdate.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (await accounts.ContactAsync(citizenId, token) is { Verified: true, Email: { } email })
            known[SignInClaims.Email] = email;
        return known;
    }

    /// <summary>Of these claims those that are known, as they stand in an ID token and in userinfo (OpenID Connect Core §5.1).</summary>
    internal async Task<Dictionary<string, object>> ClaimsAsync(
        Guid citizenId,
        IEnumerable<string> names,
        CancellationToken token
    )
    {
        var claims = new Dictionary<string, object>(StringComparer.Ordinal);
        var wanted = names.ToList();
        if (wanted.Count == 0)
            return claims;
        var known = await OfAsync(citizenId, token);
        foreach (var name in wanted)
            if (known.TryGetValue(name, out var value))
                claims[name] = value;
        if (claims.ContainsKey(SignInClaims.Email))
            claims["email_verified"] = true;
        return claims;
    }
}
