using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>
/// Builds the call tree of one chain of blocks (spec/data-lake.md §5.8). A span's place is known when it begins, so spans lie in the order of their rows
/// from the start; only the nodes that stand for the thread come before them, and there is more than one only where ends have no begin.
/// </summary>
internal sealed class CallTree
{
    private const int None = -1;

    private readonly List<Node> threads = [];
    private Node[] spans = [];
    private int[] open = new int[64];
    private int spanCount;
    private int openCount;
    private TickConverter clock;
    private long rangeBegin;
    private long rangeEnd;
    private int threadScope;

    /// <summary>Rows of the tree.</summary>
    public int RowCount => spanCount + threads.Count;

    /// <summary>Bytes that nodes and open spans take.</summary>
    public unsafe long MemoryBytes => ((spans.LongLength + threads.Capacity) * sizeof(Node)) + (open.LongLength * sizeof(int));

    /// <summary>Starts the tree of another chain.</summary>
    /// <param name="converter">Clock of the process.</param>
    /// <param name="scope">The thread as a scope.</param>
    /// <param name="beginTicks">Relative ticks at which the first block begins.</param>
    /// <param name="endTicks">Relative ticks at which the last block ends.</param>
    public void Start(TickConverter converter, int scope, long beginTicks, long endTicks)
    {
        clock = converter;
        threadScope = scope;
        rangeBegin = converter.FromRelative(beginTicks);
        rangeEnd = converter.FromRelative(endTicks);
        threads.Clear();
        spanCount = 0;
        openCount = 0;
    }

    /// <summary>Takes an event; false when it lies behind the chain's end, which ends its block.</summary>
    /// <exception cref="CorruptDataException">An end belongs to another scope than the begin that it meets.</exception>
    public bool Add(in SpanEvent row)
    {
        long time = clock.FromAbsolute(row.Ticks);
        if (time < rangeBegin)
        {
            return true;
        }

        if (time > rangeEnd)
        {
            return false;
        }

        if (row.IsBegin)
        {
            Push(Append(row.Id, row.Scope, time, rangeEnd));
        }
        else
        {
            End(row, time);
        }

        return true;
    }

    /// <summary>The row of that number: parents come before children, and no row begins before the one in front of it unless the events do.</summary>
    public ThreadSpan this[int row]
    {
        get
        {
            int wraps = threads.Count;
            if (row < wraps)
            {
                int number = wraps - 1 - row;
                Node thread = threads[number];
                return new ThreadSpan(thread.Id, row == 0 ? 0 : threads[number + 1].Id, (uint)row, thread.Begin, thread.End, thread.Scope);
            }

            ref readonly Node span = ref spans[row - wraps];
            long parent = span.Parent >= 0 ? spans[span.Parent].Id : wraps == 0 ? 0 : threads[~span.Parent].Id;
            return new ThreadSpan(span.Id, parent, (uint)(span.Depth + wraps), span.Begin, span.End, span.Scope);
        }
    }

    /// <summary>Copies rows from that number on, as many as the columns take.</summary>
    public void Copy(int first, in ThreadSpanColumns columns)
    {
        int wraps = threads.Count;
        int done = 0;
        for (; done < columns.Scopes.Length && first + done < wraps; done++)
        {
            Put(this[first + done], done, columns);
        }

        ReadOnlySpan<Node> nodes = spans.AsSpan(0, spanCount).Slice(first + done - wraps, columns.Scopes.Length - done);
        Span<long> begins = columns.Begins[done..];
        Span<long> ends = columns.Ends[done..];
        Span<int> scopes = columns.Scopes[done..];
        for (int i = 0; i < nodes.Length; i++)
        {
            begins[i] = nodes[i].Begin;
            ends[i] = nodes[i].End;
            scopes[i] = nodes[i].Scope;
        }

        if (!columns.Ids.IsEmpty)
        {
            Span<long> ids = columns.Ids[done..];
            for (int i = 0; i < nodes.Length; i++)
            {
                ids[i] = nodes[i].Id;
            }
        }

        if (!columns.Depths.IsEmpty)
        {
            Span<uint> depths = columns.Depths[done..];
            for (int i = 0; i < nodes.Length; i++)
            {
                depths[i] = (uint)(nodes[i].Depth + wraps);
            }
        }

        if (!columns.Parents.IsEmpty)
        {
            Span<long> parents = columns.Parents[done..];
            for (int i = 0; i < nodes.Length; i++)
            {
                int parent = nodes[i].Parent;
                parents[i] = parent >= 0 ? spans[parent].Id : wraps == 0 ? 0 : threads[~parent].Id;
            }
        }
    }

    private static void Put(ThreadSpan row, int at, in ThreadSpanColumns columns)
    {
        columns.Begins[at] = row.Begin;
        columns.Ends[at] = row.End;
        columns.Scopes[at] = row.Scope;
        if (!columns.Ids.IsEmpty)
        {
            columns.Ids[at] = row.Id;
        }

        if (!columns.Depths.IsEmpty)
        {
            columns.Depths[at] = row.Depth;
        }

        if (!columns.Parents.IsEmpty)
        {
            columns.Parents[at] = row.Parent;
        }
    }

    private void End(in SpanEvent row, long time)
    {
        if (openCount == 0)
        {
            Append(row.Id, row.Scope, rangeBegin, time);
            Wrap();
            return;
        }

        int top = open[--openCount];
        ref Node node = ref top >= 0 ? ref spans[top] : ref System.Runtime.InteropServices.CollectionsMarshal.AsSpan(threads)[~top];
        if (node.Scope != row.Scope)
        {
            if (node.Scope != threadScope)
            {
                throw new CorruptDataException($"Event {row.Id} ends another span than the one that is open");
            }

            // The thread turns out to be a span whose begin is missing.
            node.Id = row.Id;
            node.Scope = row.Scope;
        }

        node.End = time;
        if (openCount == 0)
        {
            Wrap();
        }
    }

    /// <summary>The outermost span has ended: what is around it is the thread.</summary>
    private void Wrap()
    {
        threads.Add(new Node { Id = None, Scope = threadScope, Begin = rangeBegin, End = rangeEnd });
        Push(~(threads.Count - 1));
    }

    private int Append(long id, int scope, long begin, long end)
    {
        if (spanCount == spans.Length)
        {
            Array.Resize(ref spans, Math.Max(256, spanCount * 2));
        }

        // With nothing open, the first thread node will be around it; that one has number 0. Depths count from the last thread node to come.
        spans[spanCount] = new Node
        {
            Id = id,
            Begin = begin,
            End = end,
            Scope = scope,
            Parent = openCount == 0 ? ~0 : open[openCount - 1],
            Depth = openCount - threads.Count,
        };
        return spanCount++;
    }

    private void Push(int node)
    {
        if (openCount == open.Length)
        {
            Array.Resize(ref open, openCount * 2);
        }

        open[openCount++] = node;
    }

    private struct Node
    {
        public long Id;
        public long Begin;
        public long End;
        public int Scope;

        /// <summary>Number of the span around it, or the complement of the number of a thread node.</summary>
        public int Parent;

        /// <summary>Depth, less the thread nodes to come.</summary>
        public int Depth;
    }
}
