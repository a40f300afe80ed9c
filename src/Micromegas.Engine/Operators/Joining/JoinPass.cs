using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Operators.Spilling;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>
/// What is known of the left rows of a piece whose right rows are joined block by block: whether a row had a match so far. What is to be said of
/// a left row itself is said in the last pass.
/// </summary>
internal sealed class JoinCarry : IDisposable
{
    /// <summary>A byte a left row, as <see cref="JoinProbeStage"/> keeps it for a batch.</summary>
    public NativeList<byte> Matches { get; } = new();

    /// <summary>First row of the batch that is joined now.</summary>
    public int Position { get; set; }

    public bool IsLastPass { get; set; }

    public void Dispose() => Matches.Dispose();
}

/// <summary>Streams the left rows of a piece past a table, batch by batch as somebody asks for the joined rows.</summary>
internal sealed class JoinPass : IDisposable
{
    private readonly JoinPiece piece;
    private readonly SpilledColumns left;
    private readonly JoinProbeStage probe;
    private readonly Capture capture = new();
    private Batch? current;
    private int nextBlock;
    private bool isPaused;
    private bool ended;

    /// <param name="spec">The join.</param>
    /// <param name="table">Right rows of the piece.</param>
    /// <param name="piece">The piece.</param>
    /// <param name="left">Takes the left rows.</param>
    /// <param name="carry">What is known of them from other passes; null when the table has all right rows.</param>
    public JoinPass(JoinSpec spec, JoinTable table, JoinPiece piece, SpilledColumns left, JoinCarry? carry)
    {
        this.piece = piece;
        this.left = left;
        probe = new JoinProbeStage(table, spec, carry) { Next = capture };
        if (carry is not null)
        {
            carry.Position = 0;
        }
    }

    /// <summary>The next joined rows, borrowed until the next call; null at the end.</summary>
    public Batch? Next(WorkerContext worker)
    {
        while (isPaused || !ended)
        {
            worker.ThrowIfCancelled();
            Flow flow;
            if (isPaused)
            {
                flow = probe.Resume(worker);
            }
            else if (nextBlock < piece.Left.Count)
            {
                var block = piece.Left[nextBlock++];
                var columns = left.Read(block.File, block.Place);
                current ??= new Batch(left.Schema, columns);
                current.RowCount = block.Rows;
                flow = probe.Push(current, worker);
            }
            else
            {
                flow = probe.Finish(worker);
                ended = flow != Flow.Full;
            }
            if (flow == Flow.Done)
            {
                // No further left row can give anything; right rows without a match still may.
                nextBlock = piece.Left.Count;
            }
            isPaused = flow == Flow.Full;
            if (capture.Take() is { } batch)
            {
                return batch;
            }
        }
        return null;
    }

    public void Dispose()
    {
        left.Free();
        probe.Dispose();
    }

    /// <summary>Stops the join at every batch.</summary>
    private sealed class Capture : Stage
    {
        private Batch? batch;

        public Batch? Take()
        {
            var taken = batch;
            batch = null;
            return taken;
        }

        public override Flow Push(Batch batch, WorkerContext worker)
        {
            this.batch = batch;
            return Flow.Full;
        }
    }
}
