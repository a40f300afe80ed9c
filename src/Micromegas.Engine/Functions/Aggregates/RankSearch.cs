using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Functions;

/// <summary>
/// Finds the value of a rank among values that are too many to keep, but come by as often as they must. Every pass narrows the values that may be the one: a
/// random sample of them tells where the rank must lie, the next pass counts what lies before and keeps what lies between, if that is few.
/// </summary>
internal sealed unsafe class RankSearch<T, TRank>(int capacity) : IDisposable
    where T : unmanaged
    where TRank : struct, IRank<T>
{
    private readonly NativeList<T> sample = new();
    private ulong random = 0x9E3779B97F4A7C15;

    // The value lies between these, if they are there, and is neither.
    private T? low;
    private T? high;

    /// <summary>Values up to <see cref="low"/>.</summary>
    private long before;

    // What the pass counts: values before, at, between, and at these.
    private T? from;
    private T? to;
    private long less;
    private long equalFrom;
    private long between;
    private long equalTo;

    /// <summary>The value; null while it is not known.</summary>
    public T? Found { get; private set; }

    public long Bytes => sample.Bytes;

    /// <summary>Values of the pass that may be the one, all of them in the first pass.</summary>
    public long Seen => between;

    public void Add(T value)
    {
        if ((low is { } least && TRank.Compare(value, least) <= 0) || (high is { } greatest && TRank.Compare(value, greatest) >= 0))
        {
            return;
        }
        if (from is { } start)
        {
            var order = TRank.Compare(value, start);
            if (order <= 0)
            {
                less += order < 0 ? 1 : 0;
                equalFrom += order == 0 ? 1 : 0;
                return;
            }
        }
        if (to is { } end)
        {
            var order = TRank.Compare(value, end);
            if (order >= 0)
            {
                equalTo += order == 0 ? 1 : 0;
                return;
            }
        }
        between++;
        if (sample.Count < capacity)
        {
            sample.Add(value);
            return;
        }
        // Every value is as likely to be in the sample as any other.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        var place = random % (ulong)between;
        if (place < (ulong)capacity)
        {
            sample[(int)place] = value;
        }
    }

    /// <summary>All values came by.</summary>
    /// <param name="rank">How many values lie before the one that is looked for.</param>
    public void EndPass(long rank)
    {
        var place = rank - before;
        if (place < less)
        {
            high = from;
            Restart();
        }
        else if (place < less + equalFrom)
        {
            Found = from;
        }
        else if (place < less + equalFrom + between)
        {
            low = from ?? low;
            high = to ?? high;
            before += less + equalFrom;
            Narrow(place - less - equalFrom);
        }
        else if (place < less + equalFrom + between + equalTo)
        {
            Found = to;
        }
        else
        {
            before += less + equalFrom + between + equalTo;
            low = to;
            Restart();
        }
        if (Found is not null)
        {
            sample.Dispose();
        }
        sample.Count = 0;
        less = equalFrom = between = equalTo = 0;
    }

    public void Dispose() => sample.Dispose();

    /// <summary>The sample was one of other values.</summary>
    private void Restart()
    {
        from = null;
        to = null;
    }

    private void Narrow(long place)
    {
        var values = sample.Span;
        values.Sort(static (left, right) => TRank.Compare(left, right));
        if (between <= capacity)
        {
            Found = values[(int)place];
            return;
        }
        // A sample of n values misses a rank by half its root at most, as a rule; four times as much misses it in one of thousands of cases.
        var middle = (double)place / between * values.Length;
        var margin = 2 * Math.Sqrt(values.Length);
        from = middle - margin < 0 ? null : values[(int)(middle - margin)];
        to = middle + margin > values.Length - 1 ? null : values[(int)(middle + margin)];
    }
}
