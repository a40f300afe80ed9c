using System.Runtime.CompilerServices;
using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>The rows a kernel must compute: the selected ones (all without a selection) that are not null. For <c>foreach</c>.</summary>
internal readonly unsafe ref struct RowSet
{
    private readonly ulong* validity;

    public RowSet(Selection? selection, int rowCount, ulong* validity)
    {
        Selection = selection;
        Count = selection?.Count ?? rowCount;
        this.validity = validity;
    }

    /// <summary>The rows before nulls are left out; all without one.</summary>
    public Selection? Selection { get; }

    /// <summary>Whether these are rows 0 to <see cref="Count"/> - 1 without exception.</summary>
    public bool IsDense => Selection is null && validity == null;

    /// <summary>Rows before nulls are left out.</summary>
    public int Count { get; }

    public Enumerator GetEnumerator() => new(Selection is null ? null : Selection.Rows, Count, validity);

    internal ref struct Enumerator
    {
        private readonly int* rows;
        private readonly int count;
        private readonly ulong* validity;
        private int index;

        public Enumerator(int* rows, int count, ulong* validity)
        {
            this.rows = rows;
            this.count = count;
            this.validity = validity;
            index = -1;
            Current = 0;
        }

        public int Current { get; private set; }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public bool MoveNext()
        {
            while (++index < count)
            {
                var row = rows == null ? index : rows[index];
                if (validity == null || Bitmap.Get(validity, row))
                {
                    Current = row;
                    return true;
                }
            }
            return false;
        }
    }
}
