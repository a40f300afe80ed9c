using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Plans;

namespace Micromegas.Lake.Tables;

/// <summary>Reads a table from one thread, in the order of its pieces, inside a statement that makes its own rows of it.</summary>
internal static class TableReader
{
    /// <summary>Hands every batch to <paramref name="rows"/>, on a worker; gives the number of rows after each piece.</summary>
    /// <param name="table">The table.</param>
    /// <param name="columns">Names of the columns to read.</param>
    /// <param name="context">Whose workers and memory are used, and whose statistics count the reading.</param>
    /// <param name="range">The query range.</param>
    /// <param name="rows">Takes a batch, which it may look at until it returns.</param>
    /// <param name="ct">Ends reading.</param>
    public static async IAsyncEnumerable<int> ReadAsync(
        ITable table, IReadOnlyList<string> columns, QueryContext context, TimeRange range, Action<Batch> rows, [EnumeratorCancellation] CancellationToken ct)
    {
        var reading = new QueryContext(context.Options, context.Budget, context.CancellationToken) { Range = range, Warn = context.Warn };
        Schema schema = table.Schema;
        ScanPlan scan = await table.PlanScanAsync(
            new ScanRequest
            {
                Context = reading,
                Projection = columns.Select(schema.IndexOf).ToArray(),
                TableColumns = schema.Fields.Select(f => new PlanColumn(f.Name, f.Type, f.Nullable)).ToArray(),
            },
            ct).ConfigureAwait(false);
        await foreach (Morsel morsel in scan.OpenAsync(reading, ct).ConfigureAwait(false))
        {
            int count;
            using (morsel)
            {
                await morsel.PrefetchAsync(ct).ConfigureAwait(false);
                count = await context.Workers.RunAsync(() => Read(morsel, reading, rows), ct).ConfigureAwait(false);
            }
            yield return count;
        }
        Interlocked.Add(ref context.Statistics.BlocksDecoded, reading.Statistics.BlocksDecoded);
        Interlocked.Add(ref context.Statistics.PartitionsRead, reading.Statistics.PartitionsRead);
        Interlocked.Add(ref context.Statistics.PartitionsWritten, reading.Statistics.PartitionsWritten);
        Interlocked.Add(ref context.Statistics.BytesRead, reading.Statistics.BytesRead);
        Interlocked.Add(ref context.Statistics.LiveRows, reading.Statistics.LiveRows);
    }

    private static int Read(Morsel morsel, QueryContext context, Action<Batch> rows)
    {
        int count = 0;
        using MorselReader reader = morsel.Open(context);
        while (reader.Next() is { } batch)
        {
            context.CancellationToken.ThrowIfCancellationRequested();
            rows(batch);
            count += batch.SelectedCount;
        }
        return count;
    }
}
