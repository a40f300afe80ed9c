namespace Micromegas.Benchmarks.Statements;

/// <summary>A question in the words of each engine.</summary>
/// <param name="Name">Short name for tables.</param>
/// <param name="Sql">The statement as we take it.</param>
/// <param name="DuckDbSql">The same for DuckDB, in the form that it answers fastest.</param>
/// <param name="Check">How the answers are compared.</param>
internal sealed record BenchmarkStatement(string Name, string Sql, string DuckDbSql, RowCheck Check = RowCheck.Ordered)
{
    /// <summary>A statement whose text both engines take.</summary>
    public static BenchmarkStatement Common(string name, string sql, RowCheck check = RowCheck.Ordered) => new(name, sql, sql, check);
}
