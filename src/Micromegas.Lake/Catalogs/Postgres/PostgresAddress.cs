using System.Globalization;
using Npgsql;

namespace Micromegas.Lake.Catalogs.Postgres;

/// <summary>The address of a server: Npgsql's connection string, or the URL that upstream's services take (<c>MICROMEGAS_SQL_CONNECTION_STRING</c>). Messages repeat no values.</summary>
internal static class PostgresAddress
{
    public static NpgsqlConnectionStringBuilder Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        bool isUrl = text.StartsWith("postgres://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("postgresql://", StringComparison.OrdinalIgnoreCase);
        NpgsqlConnectionStringBuilder settings;
        try
        {
            settings = isUrl ? FromUrl(text) : new NpgsqlConnectionStringBuilder(text);
        }
        catch (Exception e) when (e is ArgumentException or FormatException or OverflowException)
        {
            throw new ArgumentException("the catalogue's address is neither a connection string of PostgreSQL nor a postgres:// URL, or one of its settings is not known");
        }
        if (string.IsNullOrEmpty(settings.Host))
        {
            throw new ArgumentException("the catalogue's address names no host");
        }
        settings.ApplicationName ??= "Micromegas.Data";
        settings.IncludeErrorDetail = false;
        return settings;
    }

    public static string NameOf(NpgsqlConnectionStringBuilder settings) =>
        string.Create(CultureInfo.InvariantCulture, $"{settings.Host}:{settings.Port}/{settings.Database ?? settings.Username}");

    private static NpgsqlConnectionStringBuilder FromUrl(string text)
    {
        var url = new Uri(text);
        var settings = new NpgsqlConnectionStringBuilder { Host = url.Host };
        if (url.Port > 0)
        {
            settings.Port = url.Port;
        }
        if (url.AbsolutePath.Length > 1)
        {
            settings.Database = Uri.UnescapeDataString(url.AbsolutePath[1..]);
        }
        string[] user = url.UserInfo.Split(':', 2);
        if (user[0].Length > 0)
        {
            settings.Username = Uri.UnescapeDataString(user[0]);
        }
        if (user.Length > 1)
        {
            settings.Password = Uri.UnescapeDataString(user[1]);
        }
        foreach (string part in url.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] pair = part.Split('=', 2);
            string value = Uri.UnescapeDataString(pair.Length > 1 ? pair[1] : "");
            (string name, value) = pair[0].ToLowerInvariant() switch
            {
                "sslmode" or "ssl-mode" => ("SSL Mode", value.Replace("-", "", StringComparison.Ordinal)),
                "sslrootcert" => ("Root Certificate", value),
                "sslcert" => ("SSL Certificate", value),
                "sslkey" => ("SSL Key", value),
                "connect_timeout" => ("Timeout", value),
                "user" => ("Username", value),
                "dbname" => ("Database", value),
                var other => (other.Replace('_', ' '), value),
            };
            settings[name] = value;
        }
        return settings;
    }
}
