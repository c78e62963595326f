namespace MyData.Core.Counter;

/// <summary>Who stands at the counter, as her session says.</summary>
/// <param name="Id">the member of staff</param>
/// <param name="SessionId">her session: what is scanned in one browser is opened in no other</param>
/// <param name="Office">where she works</param>
/// <param name="Device">a value that the browser keeps, hashed</param>
public sealed record Clerk(Guid Id, Guid SessionId, string Office, string Device)
{
    public string Actor => $"operator:{Id:N}";
}
