namespace MyData.Core.Citizens;

/// <summary>
/// A way to prove who one is. First use takes two of different <see cref="Class"/>. The codes are those of the data sets'
/// accepted methods.
/// </summary>
public sealed record IdentityMethod
{
    private IdentityMethod(string code, string @class)
    {
        Code = code;
        Class = @class;
    }

    /// <summary>Health card number and household number, checked at the authority that keeps them.</summary>
    public static IdentityMethod Documents { get; } = new("documents", "documents");

    /// <summary>A sign-in at another identity provider (OpenID Connect).</summary>
    public static IdentityMethod Upstream { get; } = new("oidc", "login");

    /// <summary>A passkey that she added to a verified account; proves a return, never a first use.</summary>
    public static IdentityMethod Passkey { get; } = new("passkey", "device");

    /// <summary>The mobile credential, for level 3; announced, and not yet offered.</summary>
    public static IdentityMethod Mobile { get; } = new("mobile", "device");

    public static IReadOnlyList<IdentityMethod> All { get; } = [Documents, Upstream, Passkey, Mobile];

    public string Code { get; }

    /// <summary>What kind of evidence it is; two methods of one class are one proof.</summary>
    public string Class { get; }

    public static IdentityMethod Parse(string code) => All.Single(method => method.Code == code);

    public override string ToString() => Code;
}
