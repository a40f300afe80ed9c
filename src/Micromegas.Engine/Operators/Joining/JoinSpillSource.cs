using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Spilling;

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
        private readonly List<JoinSplit> files = [];
        private readonly SpilledColumns left;
        private readonly SpilledColumns right;
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
            left = new SpilledColumns(new Schema(spec.LeftColumns.Select(static column => column.ToField()).ToArray()));
            right = new SpilledColumns(new Schema(state.Layout.Types.Select(static (type, i) => new Field($"{i}", type)).ToArray()));
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
            foreach (var pieces in files)
            {
                pieces.Dispose();
            }
            left.Dispose();
            right.Dispose();
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
            if (piece?.Split is { } files && --files.Pieces == 0)
            {
                this.files.Remove(files);
                files.Dispose();
            }
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
            table.Index(worker.CancellationToken);
            pass = new JoinPass(spec, table, piece, left, carry);
        }

        private void Store(JoinBlock block, RowWriter writer)
        {
            writer.Write(right.Read(block.File, block.Place), null, block.Rows, null);
            right.Free();
        }

        private void Carry(WorkerContext worker)
        {
            if (carry is null)
            {
                carry = new JoinCarry();
                var left = piece!.Left.Rows;
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
            var halves = new JoinSplit(new JoinPartitions(state.LeftTypes, level, spec), new JoinPartitions(state.Layout.Types, level, spec));
            files.Add(halves);
            var keys = new Vector[state.Layout.KeyCount];
            Scatter(piece.Right, right, halves.Right, worker, batch =>
            {
                state.Layout.TakeKeys(batch.Columns, keys);
                return keys;
            });
            var expressions = CompiledExpression.Compile(spec.Keys.Select(static key => key.Left), spec.LeftColumns, spec.Context);
            try
            {
                Scatter(piece.Left, left, halves.Left, worker, batch =>
                {
                    for (var i = 0; i < keys.Length; i++)
                    {
                        keys[i] = expressions[i].Evaluate(batch, null);
                    }
                    return keys;
                });
            }
            finally
            {
                foreach (var expression in expressions)
                {
                    expression.Dispose();
                }
            }
            var whole = piece.Right.Rows;
            foreach (var part in JoinState.Pieces([halves.Left], [halves.Right], level, maySplit: level < JoinPartitions.MaxLevel))
            {
                // All rows in one part again: they have one key.
                split.Push(part with { MaySplit = part.MaySplit && part.Right.Rows != whole, Split = halves });
                halves.Pieces++;
            }
            nextRight = int.MaxValue;
        }

        private static void Scatter(JoinBlocks blocks, SpilledColumns source, JoinPartitions target, WorkerContext worker, Func<Batch, Vector[]> keysOf)
        {
            Batch? batch = null;
            for (var i = 0; i < blocks.Count; i++)
            {
                worker.ThrowIfCancelled();
                var block = blocks[i];
                var columns = source.Read(block.File, block.Place);
                batch ??= new Batch(source.Schema, columns);
                batch.RowCount = block.Rows;
                target.Add(columns, keysOf(batch), null, block.Rows);
            }
            source.Free();
            target.Complete();
        }
    }
}
