namespace MyData.Core.Data;

/// <summary>The issuer identifier (RFC 8414 §2): scheme, host and port, no trailing slash. Known once the server listens.</summary>
public interface IIssuer
{
    string Value { get; }
}
