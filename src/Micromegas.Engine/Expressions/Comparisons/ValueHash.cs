using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>Hashes single values so that what <see cref="ValueOrder"/> calls equal hashes equal, however it is encoded. Not for hot columns.</summary>
internal static unsafe class ValueHash
{
    public static int Of(Vector vector, int row)
    {
        if (vector.IsNull(row))
        {
            return 0;
        }
        var plain = vector.Resolve(ref row);
        switch (plain)
        {
            case BinaryVector bytes:
                var hash = new HashCode();
                hash.AddBytes(bytes[row]);
                return hash.ToHashCode();
            case FlatVector<double> flat:
                return TotalOrder.Key(flat[row]).GetHashCode();
            case FlatVector<float> flat:
                return TotalOrder.Key(flat[row]);
            case FlatVector<Half> flat:
                return TotalOrder.Key(flat[row]);
            case ListVector list:
                var items = new HashCode();
                for (var i = list.Offsets[row]; i < list.Offsets[row + 1]; i++)
                {
                    items.Add(Of(list.Items, i));
                }
                return items.ToHashCode();
            case StructVector structs:
                var members = new HashCode();
                foreach (var child in structs.Children)
                {
                    members.Add(Of(child, row));
                }
                return members.ToHashCode();
            default:
                return plain.GetValue(row)?.GetHashCode() ?? 0;
        }
    }
}
