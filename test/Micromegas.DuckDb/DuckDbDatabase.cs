using System.Globalization;
using System.Runtime.InteropServices;
using Micromegas.DuckDb.Native;

namespace Micromegas.DuckDb;

/// <summary>A DuckDB database in memory with one connection; not for use by two threads at a time.</summary>
public sealed unsafe class DuckDbDatabase : IDisposable
{
    private nint database;
    private nint connection;

    private DuckDbDatabase(nint database, nint connection)
    {
        this.database = database;
        this.connection = connection;
    }

    /// <summary>The library's version, such as <c>v1.5.6</c>.</summary>
    public static string LibraryVersion => Marshal.PtrToStringUTF8((nint)DuckDbNative.LibraryVersion()) ?? "";

    /// <summary>Opens an empty database.</summary>
    /// <param name="threads">How many threads it may use; null for DuckDB's own choice.</param>
    /// <exception cref="DllNotFoundException">The library is not installed; the message says how to.</exception>
    public static DuckDbDatabase OpenInMemory(int? threads = null)
    {
        Check(DuckDbNative.CreateConfig(out var config), "no configuration");
        try
        {
            if (threads is { } count)
            {
                Check(DuckDbNative.SetConfig(config, "threads", count.ToString(CultureInfo.InvariantCulture)), $"threads = {count} was refused");
            }

            if (DuckDbNative.Open(null, out var database, config, out var error) == DuckDbState.Error)
            {
                throw new DuckDbException(DuckDbNative.TakeText(error));
            }

            if (DuckDbNative.Connect(database, out var connection) == DuckDbState.Error)
            {
                DuckDbNative.Close(ref database);
                throw new DuckDbException("no connection");
            }

            return new(database, connection);
        }
        finally
        {
            DuckDbNative.DestroyConfig(ref config);
        }
    }

    /// <summary>Runs a statement; DuckDB computes the whole result before this returns.</summary>
    /// <exception cref="DuckDbException">The statement failed.</exception>
    public DuckDbResult Query(string sql)
    {
        ObjectDisposedException.ThrowIf(connection == 0, this);
        NativeResult result;
        if (DuckDbNative.Query(connection, sql, &result) == DuckDbState.Error)
        {
            var message = Marshal.PtrToStringUTF8((nint)DuckDbNative.ResultError(&result)) ?? "unknown error";
            DuckDbNative.DestroyResult(&result);
            throw new DuckDbException(message);
        }

        return new(result);
    }

    /// <summary>Runs a statement for its effect.</summary>
    /// <returns>How many rows it changed.</returns>
    /// <exception cref="DuckDbException">The statement failed.</exception>
    public long Execute(string sql)
    {
        using var result = Query(sql);
        return result.RowsChanged;
    }

    /// <summary>Runs a statement and gives all its rows as CLR values (see <see cref="DuckDbVector.GetValue"/>).</summary>
    /// <exception cref="DuckDbException">The statement failed.</exception>
    public IReadOnlyList<object?[]> Rows(string sql)
    {
        using var result = Query(sql);
        return result.ReadRows();
    }

    public void Dispose()
    {
        if (connection != 0)
        {
            DuckDbNative.Disconnect(ref connection);
            DuckDbNative.Close(ref database);
            connection = 0;
        }
    }

    private static void Check(DuckDbState state, string failure)
    {
        if (state == DuckDbState.Error)
        {
            throw new DuckDbException(failure);
        }
    }
}
