using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Plans.Logical;

namespace Micromegas.Engine.Operators.Lateral;

/// <summary>The morsels of the tables that a table function gives for one row after the other, each beside the values of its row.</summary>
internal sealed class CallScan(CallRows rows, LogicalTableFunction call, IReadOnlyList<int> delivered, Schema output) : ScanPlan
{
    private static readonly Dictionary<string, Scalar> s_noNames = [];

    /// <summary>Of no use here: every predicate is filtered again.</summary>
    public override IReadOnlyList<bool> ExactPredicates => [];

    public override async IAsyncEnumerable<Morsel> OpenAsync(QueryContext context, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        rows.Complete();
        for (var row = 0; row < rows.Rows!.RowCount; row++)
        {
            Scalar[] arguments = [.. rows.Arguments!.Columns.Select(column => column.GetScalar(row))];
            if (Array.Exists(arguments, static argument => argument.Value is null))
            {
                continue;
            }
            var table = await call.Function.BindAsync(arguments, s_noNames, context, cancellationToken).ConfigureAwait(false);
            if (!table.Schema.Fields.Select(static field => field.Type).SequenceEqual(call.TableColumns.Select(static column => column.Type)))
            {
                throw new EngineException(SqlState.DatatypeMismatch, $"The table of '{call.Function.Name}' has not the same columns for every row.");
            }
            var request = new ScanRequest { Context = context, Projection = delivered, TableColumns = call.TableColumns, Predicates = call.Predicates };
            var scan = await table.PlanScanAsync(request, cancellationToken).ConfigureAwait(false);
            await foreach (var morsel in scan.OpenAsync(context, cancellationToken).ConfigureAwait(false))
            {
                yield return new CallMorsel(morsel, rows.Rows, row, output);
            }
        }
    }

    private sealed class CallMorsel(Morsel inner, Batch rows, int row, Schema output) : Morsel
    {
        public override long? RowCount => inner.RowCount;

        public override ValueTask PrefetchAsync(CancellationToken cancellationToken) => inner.PrefetchAsync(cancellationToken);

        public override MorselReader Open(QueryContext context) => new Reader(inner.Open(context), rows, row, output);

        public override void Dispose()
        {
            base.Dispose();
            inner.Dispose();
        }
    }

    private sealed unsafe class Reader : MorselReader
    {
        private readonly MorselReader inner;
        private readonly Batch rows;
        private readonly int row;
        private readonly VectorTaker[] takers;
        private readonly NativeList<int> parents = new();
        private readonly Batch result;

        public Reader(MorselReader inner, Batch rows, int row, Schema output)
        {
            this.inner = inner;
            this.rows = rows;
            this.row = row;
            takers = [.. rows.Columns.Select(static column => new VectorTaker(column.Type))];
            result = new Batch(output, new Vector[output.Count]);
        }

        public override Batch? Next()
        {
            if (inner.Next() is not { } found)
            {
                return null;
            }
            while (parents.Count < found.RowCount)
            {
                parents.Add(row);
            }
            for (var i = 0; i < takers.Length; i++)
            {
                result.Columns[i] = takers[i].Take(rows.Columns[i], parents.Items, found.RowCount);
            }
            found.Columns.CopyTo(result.Columns, takers.Length);
            result.RowCount = found.RowCount;
            result.Selection = found.Selection;
            return result;
        }

        public override void Dispose()
        {
            base.Dispose();
            inner.Dispose();
            parents.Dispose();
            foreach (var taker in takers)
            {
                taker.Dispose();
            }
        }
    }
}
