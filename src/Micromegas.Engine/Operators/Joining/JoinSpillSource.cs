using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>
/// Joins the pieces of a join whose sides are in temporary files, side by side. A piece whose build rows do not fit is split again by other bits of the hash; where
/// that does not help (one key, or no key at all), its build rows are taken block by block, and all left rows of the piece stream past each block.
/// </summary>
internal sealed class JoinSpillSource(JoinState state, IReadOnlyList<JoinPiece> pieces) : PipelineSource
{
    private int next;

    public override int MaxParallelism => Math.Max(1, pieces.Count);

    public override SourceReader CreateReader() => new Reader(this, state);

    public override void Stop() => Interlocked.Exchange(ref next, pieces.Count);

    public override ValueTask DisposeAsync()
    {
        state.Dispose();
        return ValueTask.CompletedTask;
    }

    private JoinPiece? TakePiece()
    {
        var index = Interlocked.Increment(ref next) - 1;
        return index >= 0 && index < pieces.Count ? pieces[index] : null;
    }

    private sealed unsafe class Reader : SourceReader
    {
        /// <summary>Rows of a chunk of a piece: memory is asked for in smaller steps than by a build pipeline.</summary>
        private const int ChunkRows = Batch.MaxRows;

        private readonly JoinSpillSource source;
        private readonly JoinState state;
        private readonly JoinSpec spec;
        private readonly MemoryReservation reservation;
        private readonly Stack<JoinPiece> split = [];
        private readonly List<JoinPartitions> files = [];
        private JoinPiece? piece;
        private JoinTable? table;
        private JoinCarry? carry;
        private JoinPass? pass;
        private readonly long chunkBytes;
        private int nextRight;

        public Reader(JoinSpillSource source, JoinState state)
        {
            this.source = source;
            this.state = state;
            spec = state.Spec;
            chunkBytes = state.Layout.ChunkBytes(ChunkRows);
            reservation = new MemoryReservation(spec.Context.Budget, spec.Name);
        }

        public override Supply Next(WorkerContext worker, out Batch? batch)
        {
            for (;;)
            {
                batch = pass?.Next(worker);
                if (batch is not null)
                {
                    return Supply.Ready;
                }
                EndPass();
                if (piece is not null && nextRight < piece.Right.Count)
                {
                    Load(worker);
                    continue;
                }
                EndPiece();
                if (split.TryPop(out piece) || (piece = source.TakePiece()) is not null)
                {
                    Load(worker);
                    continue;
                }
                return Supply.End;
            }
        }

        public override void Dispose()
        {
            base.Dispose();
            EndPass();
            EndPiece();
            foreach (var partitions in files)
            {
                partitions.Dispose();
            }
            reservation.Dispose();
        }

        private void EndPass()
        {
            pass?.Dispose();
            pass = null;
            table?.Dispose();
            table = null;
            reservation.Shrink(reservation.Bytes);
        }

        private void EndPiece()
        {
            carry?.Dispose();
            carry = null;
            piece = null;
            nextRight = 0;
        }

        /// <summary>Starts a pass over the right rows of the piece that fit into memory, or splits the piece.</summary>
        private void Load(WorkerContext worker)
        {
            table = new JoinTable(spec, state.Layout, state.Groups);
            using var writer = table.Rows.CreateWriter(ChunkRows);
            var rows = 0L;
            for (; nextRight < piece!.Right.Count; nextRight++)
            {
                worker.ThrowIfCancelled();
                var block = piece.Right[nextRight];
                var needed = writer.Bytes + chunkBytes + (2L * block.Place.Length) + table.NeededIndexBytes(rows + block.Rows) + (carry?.Matches.Bytes ?? 0);
                // Workers that load blocks side by side leave room to one another.
                var isEnough = rows > 0 && needed > spec.Context.Budget.Limit / (2L * Math.Max(1, spec.Context.Options.Threads)) && !(piece.MaySplit && carry is null);
                if (isEnough || !reservation.TryResize(needed))
                {
                    if (piece.MaySplit && carry is null)
                    {
                        Split(worker);
                        return;
                    }
                    if (rows > 0)
                    {
                        break;
                    }
                    // Less than a block is no use.
                    reservation.Grow(needed - reservation.Bytes);
                }
                Store(block, writer);
                rows += block.Rows;
            }
            if (nextRight < piece.Right.Count || carry is not null)
            {
                Carry(worker);
            }
            table.Index(countGroups: false, worker.CancellationToken);
            pass = new JoinPass(state, table, piece, carry);
        }

        private void Store(JoinBlock block, RowWriter writer)
        {
            var columns = block.Read(state.Layout.Types);
            try
            {
                writer.Write(columns, null, block.Rows, null);
            }
            finally
            {
                foreach (var column in columns)
                {
                    column.Dispose();
                }
            }
        }

        private void Carry(WorkerContext worker)
        {
            if (carry is null)
            {
                carry = new JoinCarry();
                var left = piece!.Left.Sum(static block => (long)block.Rows);
                if (left > int.MaxValue / 2)
                {
                    throw new MemoryLimitException(spec.Name, left, spec.Context.Budget.Used, spec.Context.Budget.Limit);
                }
                if (!reservation.TryGrow(left))
                {
                    worker.ThrowIfCancelled();
                    reservation.Grow(left);
                }
                carry.Matches.Resize((int)left, 0);
            }
            carry.IsLastPass = nextRight == piece!.Right.Count;
        }

        /// <summary>Splits both sides of the piece by further bits of the hash.</summary>
        private void Split(WorkerContext worker)
        {
            EndPass();
            var level = piece!.Level + 1;
            var right = new JoinPartitions(state.Layout.Types, level, spec);
            files.Add(right);
            var keys = new Vector[state.Layout.KeyCount];
            Scatter(piece.Right, state.Layout.Types, right, worker, (columns, _) =>
            {
                state.Layout.TakeKeys(columns, keys);
                return keys;
            });
            var left = new JoinPartitions(state.LeftTypes, level, spec);
            files.Add(left);
            var schema = new Schema(spec.LeftColumns.Select(static column => column.ToField()).ToArray());
            var expressions = CompiledExpression.Compile(spec.Keys.Select(static key => key.Left), spec.LeftColumns, spec.Context);
            try
            {
                Scatter(piece.Left, state.LeftTypes, left, worker, (columns, rows) =>
                {
                    var batch = new Batch(schema, columns) { RowCount = rows };
                    return Array.ConvertAll(expressions, expression => expression.Evaluate(batch, null));
                });
            }
            finally
            {
                foreach (var expression in expressions)
                {
                    expression.Dispose();
                }
            }
            var whole = piece.Right.Sum(static block => (long)block.Rows);
            foreach (var part in JoinState.Pieces([left], [right], level, maySplit: level < JoinPartitions.MaxLevel))
            {
                // All rows in one part again: they have one key.
                split.Push(part.Right.Sum(static block => (long)block.Rows) == whole ? part with { MaySplit = false } : part);
            }
            nextRight = int.MaxValue;
        }

        private static void Scatter(
            IReadOnlyList<JoinBlock> blocks, IReadOnlyList<DataType> types, JoinPartitions target, WorkerContext worker, Func<Vector[], int, Vector[]> keysOf)
        {
            foreach (var block in blocks)
            {
                worker.ThrowIfCancelled();
                var columns = block.Read(types);
                try
                {
                    target.Add(columns, keysOf(columns, block.Rows), null, block.Rows);
                }
                finally
                {
                    foreach (var column in columns)
                    {
                        column.Dispose();
                    }
                }
            }
            target.Complete();
        }
    }
}
