using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Statements;
using Micromegas.Sql;

namespace Micromegas.Engine.Catalog.Scratch;

/// <summary>A PRIMARY KEY or UNIQUE constraint: no two rows have the same values in its columns; rows with a NULL among them differ from all others.</summary>
/// <param name="Name">Its name: the one given, or PostgreSQL's.</param>
/// <param name="Columns">Names of its columns.</param>
internal sealed record ScratchKey(string Name, IReadOnlyList<string> Columns)
{
    private static readonly TableName Rows = new("rows");
    private static readonly TableName Added = new("added rows");

    private string List => string.Join(", ", Columns.Select(Quoted));

    /// <summary>Checks rows that are to be added to those that are there.</summary>
    /// <exception cref="EngineException">Some key is there twice (23505).</exception>
    public async ValueTask CheckAddedAsync(StatementServices services, MemoryTable rows, MemoryTable added, QueryContext context, CancellationToken cancellationToken)
    {
        await CheckAsync(services, added, context, cancellationToken).ConfigureAwait(false);
        var equal = string.Join(" AND ", Columns.Select(static column => $"n.{Quoted(column)} = o.{Quoted(column)}"));
        var sql = $"SELECT {string.Join(", ", Columns.Select(static column => "n." + Quoted(column)))} FROM {Quoted(Rows.Name)} AS o JOIN {Quoted(Added.Name)} AS n ON {equal} LIMIT 1";
        await ThrowIfAnyAsync(services, sql, new Dictionary<TableName, ITable> { [Rows] = rows, [Added] = added }, context, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Checks all rows of a table.</summary>
    /// <exception cref="EngineException">Some key is there twice (23505).</exception>
    public ValueTask CheckAsync(StatementServices services, MemoryTable rows, QueryContext context, CancellationToken cancellationToken)
    {
        var present = string.Join(" AND ", Columns.Select(static column => $"{Quoted(column)} IS NOT NULL"));
        var sql = $"SELECT {List} FROM {Quoted(Rows.Name)} WHERE {present} GROUP BY {List} HAVING count(*) > 1 LIMIT 1";
        return ThrowIfAnyAsync(services, sql, new Dictionary<TableName, ITable> { [Rows] = rows }, context, cancellationToken);
    }

    private async ValueTask ThrowIfAnyAsync(
        StatementServices services, string sql, IReadOnlyDictionary<TableName, ITable> tables, QueryContext context, CancellationToken cancellationToken)
    {
        var plan = services.Optimize(await services.BindAsync(SqlParser.ParseQuery(sql), tables, cancellationToken).ConfigureAwait(false));
        var result = services.Start(plan, context);
        await using (result.ConfigureAwait(false))
        {
            while (await result.ReadAsync(cancellationToken).ConfigureAwait(false) is { } batch)
            {
                if (batch.RowCount > 0)
                {
                    var values = string.Join(", ", batch.Columns.Select(static column => Convert.ToString(column.GetValue(0), System.Globalization.CultureInfo.InvariantCulture)));
                    throw new EngineException(SqlState.UniqueViolation, $"Duplicate key value violates unique constraint \"{Name}\".")
                    {
                        Hint = $"Key ({string.Join(", ", Columns)})=({values}) exists already.",
                    };
                }
            }
        }
    }

    private static string Quoted(string name) => SqlPrinter.QuoteIdentifier(name);
}
