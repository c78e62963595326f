namespace MyData.Core.Data;

/// <summary>Where the database is. SQLite for one machine.</summary>
public sealed record DatabaseSettings
{
    /// <summary>An SQLite connection string, such as <c>Data Source=App_Data/mydata.db</c>.</summary>
    public required string ConnectionString { get; init; }
}
