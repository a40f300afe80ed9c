namespace Micromegas.Engine.Functions;

/// <summary>Finds the point of a share among the values of a group, of which there are some, in passes over these.</summary>
internal sealed class PercentileSearch<T, TRank>(double share, int sampleSize) : IDisposable
    where T : unmanaged
    where TRank : struct, IRank<T>
{
    /// <summary>Samples of so many values are held: for the value below the point and for that above.</summary>
    public const int Samples = 2;

    private readonly RankSearch<T, TRank> lower = new(sampleSize);
    private readonly RankSearch<T, TRank> upper = new(sampleSize);
    private long count = -1;
    private long rank;
    private double part;

    public long Bytes => lower.Bytes + upper.Bytes;

    /// <summary>The value, once <see cref="EndPass"/> wants no more.</summary>
    public T Result => part == 0 ? lower.Found!.Value : TRank.Between(lower.Found!.Value, upper.Found!.Value, part);

    public void Add(T value)
    {
        if (lower.Found is null)
        {
            lower.Add(value);
        }
        if (upper.Found is null && (count < 0 || part != 0))
        {
            upper.Add(value);
        }
    }

    /// <summary>All values came by. Gives whether they must once more.</summary>
    public bool EndPass()
    {
        if (count < 0)
        {
            count = lower.Seen;
            var position = share * (count - 1);
            rank = (long)Math.Floor(position);
            part = position - rank;
        }
        if (lower.Found is null)
        {
            lower.EndPass(rank);
        }
        if (part != 0 && upper.Found is null)
        {
            upper.EndPass(rank + 1);
        }
        return lower.Found is null || (part != 0 && upper.Found is null);
    }

    public void Dispose()
    {
        lower.Dispose();
        upper.Dispose();
    }
}
