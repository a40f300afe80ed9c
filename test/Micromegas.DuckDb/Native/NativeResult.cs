using System.Runtime.InteropServices;

namespace Micromegas.DuckDb.Native;

/// <summary>A query's result as DuckDB lays it out: all but the last field are kept for old programs only.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeResult
{
    public ulong ColumnCount;
    public ulong RowCount;
    public ulong RowsChanged;
    public nint Columns;
    public nint ErrorMessage;
    public nint Internal;
}
