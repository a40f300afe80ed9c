using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Micromegas.Lake.Catalogs.Sqlite;

/// <summary>SQLite's result codes as errors of this room.</summary>
internal static class SqliteErrors
{
    public static void Check(SqliteConnection connection, int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw new SqliteException(raw.sqlite3_errmsg(connection.Handle).utf8_to_string(), result & 0xFF, result);
        }
    }

    public static LakeException Translate(SqliteException error)
    {
        string sqlState = error.SqliteErrorCode switch
        {
            raw.SQLITE_BUSY or raw.SQLITE_LOCKED => "55P03",
            raw.SQLITE_READONLY => "25006",
            raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB => "XX001",
            raw.SQLITE_CANTOPEN => "08006",
            raw.SQLITE_NOMEM => "53200",
            raw.SQLITE_FULL => "53100",
            raw.SQLITE_CONSTRAINT => "23505",
            raw.SQLITE_INTERRUPT => "57014",
            raw.SQLITE_IOERR => "58030",
            _ => "XX000",
        };
        return new LakeException(sqlState, $"the catalogue failed: {error.Message}", error);
    }
}
