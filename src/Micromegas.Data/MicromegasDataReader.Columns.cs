using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Data.Export;

namespace Micromegas.Data;

public sealed partial class MicromegasDataReader
{
    /// <summary>
    /// The current result column by column instead of row by row: each batch is given as the engine made it, without a copy, and is valid until the next one
    /// is asked for. Reads the result to its end; <see cref="NextResult"/> goes on from there.
    /// </summary>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <exception cref="InvalidOperationException">Rows were already read, or the reader is closed.</exception>
    public async IAsyncEnumerable<ColumnBatch> ReadBatchesAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        BatchBuilder? plain = null;
        try
        {
            while (await NextColumnsAsync(cancellationToken).ConfigureAwait(false) is { } batch)
            {
                if (batch.Selection is null && !Array.Exists(batch.Columns, static column => column is ConstantVector))
                {
                    yield return new ColumnBatch(batch);
                    continue;
                }

                // Rare: results are plain. Spans need every row written out.
                plain ??= new BatchBuilder(batch.Schema, batch.SelectedCount);
                plain.Append(batch);
                var copy = plain.Build();
                try
                {
                    yield return new ColumnBatch(copy);
                }
                finally
                {
                    Array.ForEach(copy.Columns, static column => column.Dispose());
                }
            }
        }
        finally
        {
            plain?.Dispose();
        }
    }

    /// <summary>
    /// The current result as an Arrow IPC stream, made as it is read; a result that is read slowly is produced slowly. Disposing the stream leaves the reader open.
    /// </summary>
    /// <param name="compress">Whether bodies are compressed with LZ4.</param>
    /// <exception cref="InvalidOperationException">Rows were already read, or the reader is closed.</exception>
    public Stream GetArrowStream(bool compress = false)
    {
        RequireUnread();
        return new ArrowResultStream(this, ResultSchema, ArrowLz4Codec.Options(compress));
    }

    /// <summary>The columns of the current result.</summary>
    internal Schema ResultSchema => _statements.Schema;

    /// <summary>The next batch of the current result; null at its end.</summary>
    internal async ValueTask<Batch?> NextColumnsAsync(CancellationToken cancellationToken)
    {
        RequireUnread();
        if (!_handedOver && _batch is { } first)
        {
            _handedOver = true;
            return first;
        }

        if (!_ended)
        {
            _handedOver = true;
            await FetchAsync(cancellationToken).ConfigureAwait(false);
        }

        return _batch;
    }

    private void RequireUnread()
    {
        if (_closed)
        {
            throw Throw.ReaderClosed();
        }

        if (_started)
        {
            throw new InvalidOperationException("Rows of this result were read already; a result is read by rows or by batches.");
        }
    }
}
