using System.Runtime.CompilerServices;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Functions;

/// <summary>
/// Counts the values of groups that have many, so that they need neither be kept nor sorted. What a digest knows of a group divides its values into cells
/// (<see cref="DigestScale"/>); of a cell only number and mean go into the digest. No cell takes more than a centroid at its place may hold: what goes beyond,
/// what lies outside of all cells, and what is not finite is refused, and the caller keeps it. So no point is much wider than what the digest itself would have
/// joined, however values are distributed; a distribution that fits badly costs time. A value that makes up whole centroids is counted for itself, without limit.
/// </summary>
internal sealed unsafe class DigestCells : IDisposable
{
    /// <summary>A cell holds the sum of the fractions below this bit, and above it a number that turns negative when the cell is full.</summary>
    private const int CountShift = 20;

    /// <summary>The number of a cell that takes no value.</summary>
    private const int FullCount = (1 << (31 - CountShift)) - 1;

    /// <summary>The fractions of so many values can be added up.</summary>
    private const int MostInCell = (1 << (CountShift - DigestScale.FractionBits)) - 1;

    /// <summary>Each takes two centroids at least.</summary>
    private const int MostAtoms = 64;

    /// <summary>A cell may hold what a centroid may when the group has grown by this; then limits are set anew.</summary>
    private const int Growth = 3;

    /// <summary>So many neighbouring cells have the same limit.</summary>
    private const int AlikeCells = 8;

    private readonly GroupMemory memory = new();
    private GroupArray<Counts> groupCounts;

    public long Bytes => memory.Bytes + groupCounts.Bytes;

    public void Resize(int groupCount) => groupCounts.Resize(groupCount);

    /// <summary>Whether values of a group are counted.</summary>
    public bool IsCounting(int group) => groupCounts.Items[group].Scale.CellCount > 0;

    /// <summary>How many values of a group were counted since <see cref="Begin"/>.</summary>
    public long Count(int group)
    {
        ref var counts = ref groupCounts.Items[group];
        var total = 0L;
        for (var cell = 0; cell < counts.Scale.CellCount; cell++)
        {
            total += counts.InCell(cell);
        }
        return total;
    }

    /// <summary>Counts one value a row or appends it to what is refused, from a row on up to the first that neither takes. Gives that row.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public int AddRows(int* groups, double* values, int row, int rowCount, GroupItems<double> refused)
    {
        var all = groupCounts.Items;
        var end = groups + rowCount;
        values += row;
        for (groups += row; groups < end; groups++, values++)
        {
            if (!all[*groups].TryAdd(*values) && !TryKeep(*groups, *values, refused))
            {
                break;
            }
        }
        return rowCount - (int)(end - groups);
    }

    /// <summary>Counts values of one group or appends them to what is refused, up to the first that neither takes. Gives how many were taken.</summary>
    public int AddRange(int group, ReadOnlySpan<double> values, GroupItems<double> refused)
    {
        var counts = groupCounts.Items[group];
        for (var i = 0; i < values.Length; i++)
        {
            if (!counts.TryAdd(values[i]) && !TryKeep(group, values[i], refused))
            {
                return i;
            }
        }
        return values.Length;
    }

    /// <summary>Begins to count values of a group, by cells that suit what the digest knows; does nothing where there are none.</summary>
    public void Begin(int group, TDigest digest)
    {
        ref var counts = ref groupCounts.Items[group];
        if (!DigestScale.TryFind(digest, out counts.Scale))
        {
            return;
        }
        if (counts.Cells == null)
        {
            counts.Cells = Allocate<int>(DigestScale.MostCells);
            counts.Limits = Allocate<ushort>(DigestScale.MostCells);
        }
        new Span<ushort>(counts.Limits, counts.Scale.CellCount).Clear();
        new Span<int>(counts.Cells, counts.Scale.CellCount).Fill(FullCount << CountShift);
        SetLimits(ref counts, digest);
        AddAtoms(ref counts, digest);
    }

    /// <summary>Where a group has grown, cells may hold more, and some of what was refused finds a place.</summary>
    /// <param name="group">The group.</param>
    /// <param name="digest">Its digest.</param>
    /// <param name="refused">What was refused; what finds no place stays.</param>
    /// <param name="growth">By how much the group is to have grown.</param>
    /// <returns>Whether half of it did.</returns>
    public bool TryRaise(int group, TDigest digest, GroupItems<double> refused, double growth = Growth)
    {
        ref var counts = ref groupCounts.Items[group];
        if (digest.TotalWeight + Count(group) < growth * counts.LimitedAt)
        {
            return false;
        }
        SetLimits(ref counts, digest);
        var waiting = refused[group];
        var left = 0;
        foreach (var value in waiting)
        {
            if (!counts.TryAdd(value))
            {
                waiting[left++] = value;
            }
        }
        refused.Truncate(group, left);
        return left <= waiting.Length / 2;
    }

    /// <summary>Lists what was counted of a group since <see cref="Begin"/> as points, in order, and counts no more.</summary>
    /// <param name="group">The group.</param>
    /// <param name="digest">Its digest, as it was.</param>
    /// <param name="means">Gets the means.</param>
    /// <param name="weights">Gets the weights.</param>
    public void Take(int group, TDigest digest, NativeList<double> means, NativeList<double> weights)
    {
        ref var counts = ref groupCounts.Items[group];
        for (var i = 0; i < counts.Scale.CellCount; i++)
        {
            var cell = counts.Scale.IsAscending ? i : counts.Scale.CellCount - 1 - i;
            var state = counts.Cells[cell];
            var count = counts.InCell(cell);
            if (count == 0)
            {
                continue;
            }
            if (state < 0)
            {
                ListAtom(counts.Atoms[state - int.MinValue], digest, means, weights);
                continue;
            }
            var mean = counts.Scale.ValueAt(cell, (state & ((1 << CountShift) - 1)) / (double)count);
            means.Add(Math.Clamp(mean, digest.Minimum, digest.Maximum));
            weights.Add(count);
        }
        counts.Scale.CellCount = 0;
    }

    public void Dispose()
    {
        groupCounts.Dispose();
        memory.Dispose();
    }

    private T* Allocate<T>(int count)
        where T : unmanaged => (T*)memory.Allocate(GroupMemory.ShiftOf((long)count * sizeof(T)));

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryKeep(int group, double value, GroupItems<double> refused) =>
        (groupCounts.Items[group].Atoms != null && groupCounts.Items[group].TryAddAtom(value)) || refused.TryAppend(group, value);

    /// <summary>
    /// A cell may hold what a centroid there may; where that is tells the digest together with what was counted. The cells of the extremes take nothing: a value
    /// that is less than all others is not to be lost.
    /// </summary>
    private static void SetLimits(ref Counts counts, TDigest digest)
    {
        var scale = counts.Scale;
        var inCells = stackalloc int[DigestScale.MostCells];
        var counted = 0L;
        for (var cell = 0; cell < scale.CellCount; cell++)
        {
            counted += inCells[cell] = (int)Math.Min(counts.InCell(cell), int.MaxValue);
        }
        var total = counts.LimitedAt = digest.TotalWeight + counted;
        var (least, greatest) = (scale.CellOf(digest.Minimum), scale.CellOf(digest.Maximum));
        var next = 0;
        var before = WeightUntil(scale, digest, 0, ref next);
        for (var start = 0; start < scale.CellCount; start += AlikeCells)
        {
            var end = Math.Min(start + AlikeCells, scale.CellCount);
            var inside = WeightUntil(scale, digest, end, ref next);
            for (var cell = start; cell < end; cell++)
            {
                inside += inCells[cell];
            }
            var limit = (int)Math.Min(Growth * digest.WeightAt(Math.Min(before, total - before - inside), total), MostInCell);
            for (var cell = start; cell < end; cell++)
            {
                if (counts.Cells[cell] >= 0)
                {
                    // No cell may take fewer than it has.
                    var most = Math.Max(cell == least || cell == greatest ? 0 : limit, inCells[cell]);
                    counts.Cells[cell] += (counts.Limits[cell] - most) << CountShift;
                    counts.Limits[cell] = (ushort)most;
                }
            }
            before += inside;
        }
    }

    /// <summary>The weight of the next centroids that lie in front of a cell.</summary>
    private static double WeightUntil(in DigestScale scale, TDigest digest, int cell, ref int next)
    {
        var weight = 0.0;
        for (; next < digest.Means.Length; next++)
        {
            var at = scale.IsAscending ? next : digest.Means.Length - 1 - next;
            if (scale.CellOf(digest.Means[at]) >= cell)
            {
                break;
            }
            weight += digest.Weights[at];
        }
        return weight;
    }

    /// <summary>Equal means are a value, of which a cell would soon be full.</summary>
    private void AddAtoms(ref Counts counts, TDigest digest)
    {
        var means = digest.Means;
        var atoms = 0;
        for (var i = 1; i < means.Length && atoms < MostAtoms; i++)
        {
            var cell = means[i] == means[i - 1] ? counts.Scale.CellOf(means[i]) : -1;
            if (cell < 0 || cell == counts.Scale.CellCount || counts.Cells[cell] < 0)
            {
                continue;
            }
            if (counts.Atoms == null)
            {
                counts.Atoms = Allocate<Atom>(MostAtoms);
            }
            counts.Atoms[atoms] = new Atom { Value = means[i] };
            counts.Cells[cell] = int.MinValue + atoms++;
        }
    }

    /// <summary>Lists one value in pieces: small ones at both ends, where others are next to it, and none that is more than a centroid holds.</summary>
    private static void ListAtom(in Atom atom, TDigest digest, NativeList<double> means, NativeList<double> weights)
    {
        var most = Math.Max(Math.Max(1, (long)digest.WeightAt(0.5, digest.TotalWeight) / 2), atom.Count / MostAtoms);
        var (taken, left) = (0L, atom.Count);
        while (left > 0)
        {
            var piece = Math.Min(Math.Min(most, left), Math.Max(1, Math.Min(taken, left / 2)));
            means.Add(atom.Value);
            weights.Add(piece);
            taken += piece;
            left -= piece;
        }
    }

    /// <summary>The counts of one group.</summary>
    private struct Counts
    {
        public DigestScale Scale;

        /// <summary>Number and sum of the fractions of each cell; of one that has an <see cref="Atom"/> the smallest number and the atom's ordinal.</summary>
        public int* Cells;

        /// <summary>How many values each cell may take.</summary>
        public ushort* Limits;
        public Atom* Atoms;

        /// <summary>The weight of the group when limits were set.</summary>
        public double LimitedAt;

        public readonly long InCell(int cell) =>
            Cells[cell] < 0 ? Atoms[Cells[cell] - int.MinValue].Count : (Cells[cell] >> CountShift) - (FullCount - Limits[cell]);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public readonly bool TryAdd(double value)
        {
            var place = Scale.Place(value);
            var cell = place >> DigestScale.FractionBits;
            if (cell >= (uint)Scale.CellCount)
            {
                return false;
            }
            var next = Cells[cell] + (1 << CountShift) + (int)(place & ((1 << DigestScale.FractionBits) - 1));
            if (next < 0)
            {
                return false;
            }
            Cells[cell] = next;
            return true;
        }

        public readonly bool TryAddAtom(double value)
        {
            var cell = Scale.Place(value) >> DigestScale.FractionBits;
            if (cell >= (uint)Scale.CellCount || Cells[cell] >= 0 || Atoms[Cells[cell] - int.MinValue].Value != value)
            {
                return false;
            }
            Atoms[Cells[cell] - int.MinValue].Count++;
            return true;
        }
    }

    /// <summary>A value that is counted for itself.</summary>
    private struct Atom
    {
        public double Value;
        public long Count;
    }
}
