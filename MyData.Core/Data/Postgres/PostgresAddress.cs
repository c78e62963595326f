using System.Data.Common;
using System.Net;
using Npgsql;

namespace MyData.Core.Data;

/// <summary>
/// Where a PostgreSQL is: key words (<c>Host=a,b;Database=mydata;Username=mydata</c>), or the URI of libpq
/// (postgresql.org/docs/15/libpq-connect.html §34.1.1.2), several hosts too.
/// </summary>
public static class PostgresAddress
{
    private static readonly string[] Schemes = ["postgresql://", "postgres://"];

    public static bool IsOne(string connectionString) => IsUri(connectionString) || NamesAHost(connectionString);

    /// <summary>What is wrong with it, a sentence each.</summary>
    /// <param name="production">then nothing goes in clear over a network</param>
    public static IEnumerable<string> Problems(string connectionString, bool production)
    {
        NpgsqlConnectionStringBuilder parsed;
        string? wrong = null;
        try
        {
            parsed = Parse(connectionString);
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException or KeyNotFoundException)
        {
            (parsed, wrong) = (new(), failure.Message);
        }
        if (wrong is not null)
            yield return $"MyData:Database is no connection string of PostgreSQL: {wrong}";
        else if (string.IsNullOrEmpty(parsed.Database))
            yield return "MyData:Database names no database.";
        else if (production && parsed.SslMode != SslMode.VerifyFull && !Hosts(parsed).All(IsHere))
            yield return "MyData:Database: a PostgreSQL on another machine needs 'SSL Mode=VerifyFull'.";
    }

    internal static NpgsqlConnectionStringBuilder Parse(string connectionString) =>
        IsUri(connectionString) ? OfUri(connectionString) : new NpgsqlConnectionStringBuilder(connectionString);

    /// <summary>Names, addresses or folders of sockets; without ports.</summary>
    internal static IReadOnlyList<string> Hosts(NpgsqlConnectionStringBuilder parsed) =>
        [
            .. (parsed.Host ?? "")
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(WithoutPort),
        ];

    private static bool IsUri(string connectionString) =>
        Schemes.Any(scheme => connectionString.StartsWith(scheme, StringComparison.Ordinal));

    private static bool NamesAHost(string connectionString)
    {
        try
        {
            var parsed = new DbConnectionStringBuilder { ConnectionString = connectionString };
            return parsed.ContainsKey("Host") || parsed.ContainsKey("Server");
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static bool IsHere(string host) =>
        host.StartsWith('/')
        || string.Equals(host, "localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    // host:port, [::1]:port, or an IPv6 address bare.
    private static string WithoutPort(string host)
    {
        if (host.StartsWith('['))
            return host[1..Math.Max(host.IndexOf(']'), 1)];
        var colon = host.LastIndexOf(':');
        return colon > 0 && host.IndexOf(':') == colon ? host[..colon] : host;
    }

    private static NpgsqlConnectionStringBuilder OfUri(string uri)
    {
        var rest = uri[(uri.IndexOf("//", StringComparison.Ordinal) + 2)..];
        var (head, query) = Cut(rest, '?');
        var (authority, database) = Cut(head, '/');
        var at = authority.LastIndexOf('@');
        var (user, password) = at < 0 ? ("", "") : Cut(authority[..at], ':');
        var parsed = new NpgsqlConnectionStringBuilder { Host = Uri.UnescapeDataString(authority[(at + 1)..]) };
        Set("Database", database);
        Set("Username", user);
        Set("Password", password);
        foreach (var pair in query.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, value) = Cut(pair, '=');
            Set(Word(name), name == "sslmode" ? value.Replace("-", "", StringComparison.Ordinal) : value);
        }
        return parsed;

        void Set(string word, string value)
        {
            if (value.Length > 0)
                parsed[word] = Uri.UnescapeDataString(value);
        }
    }

    // Those of libpq that have another name here; the others are our driver's own words.
    private static string Word(string name) =>
        name switch
        {
            "host" => "Host",
            "port" => "Port",
            "user" => "Username",
            "dbname" => "Database",
            "password" => "Password",
            "sslmode" => "SSL Mode",
            "sslrootcert" => "Root Certificate",
            "sslcert" => "SSL Certificate",
            "sslkey" => "SSL Key",
            "connect_timeout" => "Timeout",
            "application_name" => "Application Name",
            "target_session_attrs" => "Target Session Attributes",
            "options" => "Options",
            _ => Uri.UnescapeDataString(name),
        };

    private static (string Before, string After) Cut(string text, char at)
    {
        var found = text.IndexOf(at);
        return found < 0 ? (text, "") : (text[..found], text[(found + 1)..]);
    }
}
