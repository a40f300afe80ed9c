using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Functions;

/// <summary>A table function whose rows a C# delegate gives. They are asked for when the statement runs, not when it is planned.</summary>
internal sealed class CustomTableFunction<TRow>(
    string name, Func<IReadOnlyList<object?>, IEnumerable<TRow>> rows, IReadOnlyList<(Field Field, Func<TRow, object?> Value)> columns) : TableFunction(name)
{
    private readonly Func<IReadOnlyList<object?>, IEnumerable<TRow>> rows = rows;
    private readonly IReadOnlyList<(Field Field, Func<TRow, object?> Value)> columns = columns;

    public override ValueTask<ITable> BindAsync(
        IReadOnlyList<Scalar> arguments, IReadOnlyDictionary<string, Scalar> named, QueryContext context, CancellationToken cancellationToken)
    {
        if (named.Count > 0)
        {
            throw new EngineException(SqlState.FeatureNotSupported, $"'{Name}' takes its arguments by position.");
        }
        object?[] values = [.. arguments.Select(static argument => argument.Value)];
        return new ValueTask<ITable>(new Rows(this, values));
    }

    private sealed class Rows(CustomTableFunction<TRow> function, object?[] arguments) : ITable
    {
        public Schema Schema { get; } = new(function.columns.Select(static column => column.Field).ToArray());

        public TableStatistics? Statistics => null;

        public ValueTask<ScanPlan> PlanScanAsync(ScanRequest request, CancellationToken cancellationToken) =>
            new(new Scan(function, arguments, request));
    }

    private sealed class Scan(CustomTableFunction<TRow> function, object?[] arguments, ScanRequest request) : ScanPlan
    {
        public override IReadOnlyList<bool> ExactPredicates { get; } = new bool[request.Predicates.Count];

        public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
        {
            using var table = Collect(cancellationToken);
            var plan = await table.PlanScanAsync(request, cancellationToken).ConfigureAwait(false);
            await foreach (var morsel in plan.OpenAsync(context, cancellationToken).ConfigureAwait(false))
            {
                yield return morsel;
            }
        }

        private MemoryTable Collect(CancellationToken cancellationToken)
        {
            try
            {
                return MemoryTable.FromRows(function.rows(arguments).TakeWhile(_ =>
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    return true;
                }), [.. function.columns]);
            }
            catch (Exception error) when (error is not (EngineException or OperationCanceledException))
            {
                throw new EngineException(SqlState.ExternalRoutineException, $"{function.Name}: {error.Message}", error);
            }
        }
    }
}
