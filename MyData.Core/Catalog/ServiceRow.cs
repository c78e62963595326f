namespace MyData.Core.Catalog;

/// <summary>
/// A service as it is listed now; one that is listed no more stays, so that old records keep its name. Store: trusted to say who may have
/// what; its thief learns what is public.
/// </summary>
internal abstract class ServiceRow
{
    public required string Id { get; init; }

    /// <summary>The listing as JSON.</summary>
    public required string Listing { get; set; }

    public required int Place { get; set; }
    public required bool Listed { get; set; }
    public required DateTimeOffset ChangedAt { get; set; }
}
