using System.Data.Common;

namespace Micromegas.Golden.Lakes;

/// <summary>An open lake that statements can be put to.</summary>
internal interface IGoldenLake : IAsyncDisposable
{
    /// <summary>A command for one statement; the caller disposes of it.</summary>
    /// <param name="sql">The statement.</param>
    /// <param name="begin">Begin of the query range, ISO 8601 in UTC; null together with <paramref name="end"/> for no range.</param>
    /// <param name="end">End of the query range.</param>
    DbCommand CreateCommand(string sql, string? begin, string? end);
}
