using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>
/// The rows of a large build side by their only key, a number of four or eight bytes that NULL does not equal: a hash table of lines of the cache that hold numbers and their
/// rows. A look-up compares the numbers of a line at once and seldom reads another. Rows are split by hash first; the part of the table that belongs to a partition fits a
/// core's cache while one worker fills it. The steps of indexing follow each other; in each of them but <see cref="Arrange"/> all workers may take part.
/// </summary>
internal abstract unsafe class NumberIndex : IDisposable
{
    /// <summary>Places of a number's rows in <see cref="lists"/> are written as this minus the place.</summary>
    protected const int FirstList = -2;

    /// <summary>Slots must be numbered by integers.</summary>
    private const long MostRows = 1 << 29;

    private readonly NativeList<int> lists = new();
    private readonly Lock gate = new();
    private readonly int keySize;
    private int listsUsed;
    private int keyCount;

    protected NumberIndex(int keySize) => this.keySize = keySize;

    /// <summary>Different keys.</summary>
    public int KeyCount => keyCount;

    /// <summary>Whether no key has more than one row.</summary>
    public bool IsUnique => lists.Count == 0;

    /// <summary>Bytes held.</summary>
    public virtual long Bytes => lists.Bytes;

    /// <summary>The first bucket.</summary>
    protected byte* Buckets { get; set; }

    /// <summary>An index for the rows of a build side; null where their number or their key does not suit.</summary>
    public static NumberIndex? Create(JoinSpec spec, JoinLayout layout, RowStore rows, long count) =>
        count < Math.Max(1, spec.Context.Options.ManyBuildRows) || count > MostRows || KeySizeOf(spec, layout) == 0
            ? null
            : layout.Types[layout.OrdinalOf(0)] switch
            {
                { ValueType.Kind: TypeKind.Float32 } => new NumberTable<uint, SingleBits>(rows, layout, count),
                { ValueType.Kind: TypeKind.Float64 } => new NumberTable<ulong, DoubleBits>(rows, layout, count),
                { FlatSize: sizeof(uint) } => new NumberTable<uint, IntegerBits<uint>>(rows, layout, count),
                _ => new NumberTable<ulong, IntegerBits<ulong>>(rows, layout, count),
            };

    /// <summary>Bytes that indexing so many rows takes at most, before it is done; 0 where <see cref="Create"/> gives no index for them.</summary>
    public static long NeededBytes(JoinSpec spec, JoinLayout layout, long rows)
    {
        var keySize = KeySizeOf(spec, layout);
        if (keySize == 0 || rows < spec.Context.Options.ManyBuildRows || rows > MostRows)
        {
            return 0;
        }
        // Rows, split; buckets for twice as many; where numbers come twice, the lists of their rows.
        return BufferPool.CapacityFor(rows * (keySize + sizeof(int)))
            + BufferPool.CapacityFor(((rows * 2 / NumberBucket.SlotsOf(keySize)) + NumberPartitions.Most + 1) * NumberBucket.Bytes)
            + BufferPool.CapacityFor(rows * 3 / 2 * sizeof(int)) + NumberPartitions.MostBytes;
    }

    /// <summary>Something to look keys up with; one a worker.</summary>
    public abstract JoinLookup CreateLookup();

    /// <summary>Counts the rows of each partition, and tells what is wanted of the keys.</summary>
    /// <param name="values">Takes the values of the key; may be null.</param>
    /// <param name="groups">Takes the rows; may be null.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    public abstract void Count(JoinKeyValues? values, JoinGroups? groups, CancellationToken cancellationToken);

    /// <summary>Decides where the rows of each partition lie. For one worker.</summary>
    public abstract void Arrange();

    /// <summary>Puts the rows of each partition together.</summary>
    public abstract void Scatter(CancellationToken cancellationToken);

    /// <summary>Fills the part of the table that belongs to each partition.</summary>
    public abstract void Fill(CancellationToken cancellationToken);

    /// <summary>Frees what only indexing needed.</summary>
    public abstract void Complete();

    /// <summary>All steps, by the calling worker.</summary>
    public void Index(CancellationToken cancellationToken)
    {
        Count(null, null, cancellationToken);
        Arrange();
        Scatter(cancellationToken);
        Fill(cancellationToken);
        Complete();
    }

    /// <summary>Rows of the key in a slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> RowsOf(int slot)
    {
        var place = NumberBucket.PlaceOf(Buckets, slot, keySize);
        if (*place >= 0)
        {
            return new ReadOnlySpan<int>(place, 1);
        }
        var list = lists.Items + (FirstList - *place);
        return new ReadOnlySpan<int>(list + 1, *list);
    }

    public virtual void Dispose()
    {
        lists.Dispose();
        GC.SuppressFinalize(this);
    }

    protected void AddKeys(int count) => Interlocked.Add(ref keyCount, count);

    /// <summary>Room for the rows of keys that have several: for each key their number, then the rows. Workers may ask side by side.</summary>
    /// <param name="count">Integers wanted.</param>
    /// <param name="most">Integers that all workers want, at most.</param>
    /// <param name="first">Place of the first.</param>
    /// <returns>The place that <paramref name="first"/> and those of others are counted from.</returns>
    protected int* AddLists(long count, long most, out int first)
    {
        lock (gate)
        {
            lists.EnsureCapacity((int)most);
            first = listsUsed;
            listsUsed += (int)count;
            lists.Count = listsUsed;
            return lists.Items;
        }
    }

    private static int KeySizeOf(JoinSpec spec, JoinLayout layout)
    {
        if (layout.KeyCount != 1 || spec.NullsEqualKeys > 0)
        {
            return 0;
        }
        var type = layout.Types[layout.OrdinalOf(0)];
        return type.Storage == StorageKind.Flat && type.FlatSize is sizeof(uint) or sizeof(ulong) ? type.FlatSize : 0;
    }
}
