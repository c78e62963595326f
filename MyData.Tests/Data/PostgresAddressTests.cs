using MyData.Core.Data;
using Npgsql;

namespace MyData.Tests.Data;

/// <summary>Which database a connection string means, and what of it Production refuses.</summary>
public sealed class PostgresAddressTests
{
    [Theory]
    [InlineData("Data Source=/var/lib/mydata/mydata.db", false)]
    [InlineData("Data Source=:memory:", false)]
    [InlineData("Filename=mydata.db", false)]
    [InlineData("", false)]
    [InlineData("no connection string", false)]
    [InlineData("Host=db.example;Database=mydata", true)]
    [InlineData("host = db.example", true)]
    [InlineData("Server=db.example;Database=mydata", true)]
    [InlineData("postgresql://db.example/mydata", true)]
    [InlineData("postgres://db.example/mydata", true)]
    public void Address_OfEitherDatabase_IsKnown(string connectionString, bool isPostgres) =>
        Assert.Equal(isPostgres, PostgresAddress.IsOne(connectionString));

    [Fact]
    public void Uri_WithAllItsParts_IsRead()
    {
        var parsed = PostgresAddress.Parse(
            "postgresql://me:p%40ss@a.example:5433,b.example/mydata?sslmode=verify-full&target_session_attrs=read-write&Timeout=3"
        );
        Assert.Equal(("a.example:5433,b.example", "mydata"), (parsed.Host, parsed.Database));
        Assert.Equal(("me", "p@ss"), (parsed.Username, parsed.Password));
        Assert.Equal(
            (SslMode.VerifyFull, "read-write", 3),
            (parsed.SslMode, parsed.TargetSessionAttributes, parsed.Timeout)
        );
    }

    [Theory]
    [InlineData("Host=/run/postgresql;Database=mydata", null)]
    [InlineData("Host=localhost;Database=mydata", null)]
    [InlineData("Host=127.0.0.1:5433,[::1]:5434;Database=mydata", null)]
    [InlineData("Host=10.0.0.11,10.0.0.12:5433;Database=mydata;SSL Mode=VerifyFull", null)]
    [InlineData("postgresql://10.0.0.11/mydata?sslmode=verify-full", null)]
    [InlineData("Host=10.0.0.11;Database=mydata", "SSL Mode=VerifyFull")]
    [InlineData("Host=127.0.0.1,10.0.0.12;Database=mydata", "SSL Mode=VerifyFull")]
    [InlineData("Host=10.0.0.11;Database=mydata;SSL Mode=Require", "SSL Mode=VerifyFull")]
    [InlineData("Host=10.0.0.11;Database=mydata;SSL Mode=VerifyCA", "SSL Mode=VerifyFull")]
    [InlineData("Host=localhost.example;Database=mydata", "SSL Mode=VerifyFull")]
    [InlineData("Host=localhost", "names no database")]
    [InlineData("Host=localhost;Database=mydata;Nonsense=1", "no connection string")]
    [InlineData("postgresql://localhost/mydata?nonsense=1", "no connection string")]
    public void Address_InProduction_GoesOverANetworkProtectedOnly(string connectionString, string? problem)
    {
        var problems = PostgresAddress.Problems(connectionString, production: true).ToList();
        if (problem is null)
            Assert.Empty(problems);
        else
            Assert.Contains(problem, Assert.Single(problems), StringComparison.Ordinal);
    }

    [Fact]
    public void Address_InDevelopment_MayGoInClear() =>
        Assert.Empty(PostgresAddress.Problems("Host=10.0.0.11;Database=mydata", production: false));
}
