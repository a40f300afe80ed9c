using Micromegas.Columnar;
using Micromegas.Engine.Operators.Keys;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>
/// For a mark that may be null (IN, spec/sql.md §5.4): the groups of build rows by the keys that match NULL with NULL, and whether a group has a row whose
/// ordinary key is null. Known for all rows before the first mark is made, in whatever pieces the join itself is computed.
/// </summary>
internal sealed unsafe class JoinGroups : IDisposable
{
    private readonly Lock gate = new();
    private readonly KeyEncoder encoder;
    private readonly NativeList<byte> hasNull = new();
    private readonly NativeList<int> numbers = new();
    private readonly int keyCount;
    private readonly MemoryReservation reservation;

    public JoinGroups(JoinSpec spec)
    {
        keyCount = spec.NullsEqualKeys;
        Keys = new KeyTable(spec.Keys.Take(keyCount).Select(static key => key.Right.Type));
        encoder = new KeyEncoder(Keys, add: true);
        reservation = new MemoryReservation(spec.Context.Budget, spec.Name);
    }

    public KeyTable Keys { get; }

    /// <summary>Whether a group has a row whose ordinary key is null.</summary>
    public bool HasNull(int group) => hasNull[group] != 0;

    /// <summary>Counts rows, several workers at a time. Rows that come twice do no harm.</summary>
    public void Add(JoinLayout layout, Vector[] keys, Selection? selection, int rowCount)
    {
        lock (gate)
        {
            numbers.EnsureCapacity(Math.Max(rowCount, 1));
            encoder.Resolve(keys.AsSpan(0, keyCount), selection, rowCount, numbers.Items);
            hasNull.Resize(Keys.Count, 0);
            var count = selection?.Count ?? rowCount;
            for (var i = 0; i < count; i++)
            {
                var row = selection is null ? i : selection.Rows[i];
                if (layout.LacksKey(keys, row))
                {
                    hasNull[numbers[row]] = 1;
                }
            }
            var held = Keys.Bytes + hasNull.Bytes;
            if (held > reservation.Bytes)
            {
                reservation.Grow(held - reservation.Bytes);
            }
        }
    }

    public void Dispose()
    {
        Keys.Dispose();
        encoder.Dispose();
        hasNull.Dispose();
        numbers.Dispose();
        reservation.Dispose();
    }
}
