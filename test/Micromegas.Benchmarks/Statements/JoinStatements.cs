namespace Micromegas.Benchmarks.Statements;

/// <summary>Joins of the recipe's tables: by identifiers in dictionaries, by integers and by texts, with build sides from one row to millions.</summary>
internal static class JoinStatements
{
    /// <param name="process">A process in the middle of the table of metrics.</param>
    public static IReadOnlyList<BenchmarkStatement> Over(string process) =>
    [
        BenchmarkStatement.Common(
            "J1 one process", $"SELECT count(*), avg(m.value), min(m.time) FROM measures m JOIN processes p ON m.process_id = p.process_id WHERE p.process_id || '' = '{process}'"),
        BenchmarkStatement.Common(
            "J2 one computer",
            "SELECT count(*), count(DISTINCT l.target), max(l.time) FROM log_entries l WHERE l.process_id IN (SELECT process_id FROM processes WHERE computer = (SELECT min(computer) FROM processes))"),
        BenchmarkStatement.Common(
            "J3 all by platform", "SELECT p.platform, count(*), sum(m.value) FROM measures m JOIN processes p ON m.process_id = p.process_id GROUP BY p.platform", RowCheck.AnyOrder),
        BenchmarkStatement.Common(
            "J4 blocks with errors",
            "SELECT count(*), max(l.time) FROM log_entries l JOIN (SELECT DISTINCT block_id FROM log_entries WHERE level = 1) AS e ON l.block_id = e.block_id"),
        BenchmarkStatement.Common(
            "J5 integers, 1.2 M", "SELECT count(*), max(a.level) FROM log_entries a JOIN (SELECT time FROM log_entries WHERE level = 5) AS b ON a.time = b.time"),
        BenchmarkStatement.Common("J6 integers, 4 M", "SELECT count(*), max(b.level) FROM log_entries a JOIN log_entries b ON a.time = b.time"),
        BenchmarkStatement.Common("J7 texts, 0.2 M", "SELECT count(*) FROM log_entries a JOIN (SELECT DISTINCT msg FROM log_entries WHERE level <= 3) AS b ON a.msg = b.msg"),
    ];
}
