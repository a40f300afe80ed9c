using Micromegas.Engine.Operators.Spilling;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>Rows of both sides that can only match one another.</summary>
/// <param name="Left">Rows of the left side.</param>
/// <param name="Right">Rows of the right side.</param>
/// <param name="Level">How often the rows were split.</param>
/// <param name="MaySplit">Whether splitting once more can make the piece smaller.</param>
internal sealed record JoinPiece(JoinBlocks Left, JoinBlocks Right, int Level, bool MaySplit)
{
    /// <summary>The files of both sides, where they hold nothing but pieces of a piece that was too large.</summary>
    public JoinSplit? Split { get; init; }
}

/// <summary>The files of a piece that was split once more; gone with the last of its pieces.</summary>
internal sealed class JoinSplit(JoinPartitions left, JoinPartitions right) : IDisposable
{
    /// <summary>Pieces that are not joined yet.</summary>
    public int Pieces { get; set; }

    public JoinPartitions Left { get; } = left;

    public JoinPartitions Right { get; } = right;

    public void Dispose()
    {
        Left.Dispose();
        Right.Dispose();
    }
}

/// <summary>Rows of one side of a join in temporary files, block by block: one partition of what several workers wrote.</summary>
/// <param name="Files">One a worker.</param>
/// <param name="Partition">The partition.</param>
internal readonly record struct JoinBlocks(JoinPartitions[] Files, int Partition)
{
    /// <summary>Blocks.</summary>
    public int Count
    {
        get
        {
            var count = 0;
            foreach (var partitions in Files)
            {
                count += partitions.BlocksOf(Partition).Length;
            }
            return count;
        }
    }

    /// <summary>Rows of all blocks.</summary>
    public long Rows
    {
        get
        {
            var rows = 0L;
            foreach (var partitions in Files)
            {
                foreach (var block in partitions.BlocksOf(Partition))
                {
                    rows += block.Rows;
                }
            }
            return rows;
        }
    }

    public JoinBlock this[int index]
    {
        get
        {
            foreach (var partitions in Files)
            {
                var blocks = partitions.BlocksOf(Partition);
                if (index < blocks.Length)
                {
                    return new JoinBlock(partitions.File, blocks[index]);
                }
                index -= blocks.Length;
            }
            throw new ArgumentOutOfRangeException(nameof(index));
        }
    }
}

/// <summary>Rows of one side of a join in a temporary file.</summary>
internal readonly record struct JoinBlock(SpillFile File, SpilledBatch Place)
{
    public int Rows => Place.Rows;
}
