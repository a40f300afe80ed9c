using System.Runtime.CompilerServices;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>The arguments of a batch, read row by row. One instance serves one kernel and is attached anew to each batch.</summary>
internal sealed class RowArguments(IReadOnlyList<DataType> types)
{
    private readonly BytesReader[] texts = new BytesReader[types.Count];
    private readonly FlatReader<long>[] longs = new FlatReader<long>[types.Count];
    private readonly FlatReader<double>[] doubles = new FlatReader<double>[types.Count];
    private readonly FlatReader<uint>[] words = new FlatReader<uint>[types.Count];
    private readonly ListReader[] lists = new ListReader[types.Count];
    private Vector[] vectors = [];

    public int Count => types.Count;

    public DataType Type(int ordinal) => types[ordinal];

    public void Attach(Vector[] arguments)
    {
        vectors = arguments;
        for (var i = 0; i < types.Count; i++)
        {
            switch (types[i].Storage)
            {
                case StorageKind.Bytes:
                    texts[i] = new BytesReader(arguments[i]);
                    break;
                case StorageKind.List:
                    lists[i] = new ListReader(arguments[i]);
                    break;
                case StorageKind.Flat when types[i].ValueType.Kind == TypeKind.Float64:
                    doubles[i] = new FlatReader<double>(arguments[i]);
                    break;
                case StorageKind.Flat when types[i].ValueType.Kind == TypeKind.UInt32:
                    words[i] = new FlatReader<uint>(arguments[i]);
                    break;
                case StorageKind.Flat when NumericCasts.Layout(types[i].ValueType) == TypeKind.Int64:
                    longs[i] = new FlatReader<long>(arguments[i]);
                    break;
                default:
                    break;
            }
        }
    }

    public Vector this[int ordinal] => vectors[ordinal];

    public bool IsNull(int ordinal, int row) => vectors[ordinal].IsNull(row);

    /// <summary>A text or binary argument.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> Text(int ordinal, int row) => texts[ordinal][row];

    /// <summary>An argument whose values lie as Int64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public long Int64(int ordinal, int row) => longs[ordinal][row];

    /// <summary>A Float64 argument.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public double Float64(int ordinal, int row) => doubles[ordinal][row];

    /// <summary>A UInt32 argument.</summary>
    public uint UInt32(int ordinal, int row) => words[ordinal][row];

    /// <summary>The reader of a list argument.</summary>
    public ListReader List(int ordinal) => lists[ordinal];
}
