namespace MyData.Core.OpenId;

/// <summary>The national wire's codes for how somebody was verified (protocols.md B1).</summary>
public static class NationalMethods
{
    // Strongest first, so that a sign-in by two methods is told as the stronger one.
    private static readonly (string Method, string Code)[] Codes =
    [
        ("mobile", "TFD"),
        ("documents", "PII"),
        ("oidc", "OTP"),
        ("passkey", "OTP"),
    ];

    /// <param name="methods">Methods separated by spaces.</param>
    public static string Code(string methods)
    {
        var used = methods.Split(' ');
        return Codes.FirstOrDefault(code => used.Contains(code.Method)).Code ?? "OTP";
    }
}
