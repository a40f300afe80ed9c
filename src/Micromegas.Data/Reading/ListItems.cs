using System.Numerics;

namespace Micromegas.Data.Reading;

/// <summary>Makes arrays and <see cref="List{T}"/> of one element type. The element types are listed, so that nothing is instantiated by reflection.</summary>
internal abstract class ListItems
{
    private static readonly Dictionary<Type, ListItems> ByElement = Create();
    private static readonly Dictionary<Type, ListItems> ByArray = ByElement.Values.ToDictionary(static items => items.ArrayType);
    private static readonly Dictionary<Type, ListItems> ByList = ByElement.Values.ToDictionary(static items => items.ListType);

    internal abstract Type ArrayType { get; }

    protected abstract Type ElementType { get; }

    protected abstract Type? NullableElementType { get; }

    protected abstract Type ListType { get; }

    internal abstract object ToArray(ColumnReader items, int start, int end);

    protected abstract object ToList(ColumnReader items, int start, int end);

    /// <summary>What <c>GetValue</c> makes of a list whose items have a CLR type; nested lists and other rare items come as objects.</summary>
    internal static ListItems Natural(Type itemType, bool nullable)
    {
        if (!ByElement.TryGetValue(itemType, out var items))
        {
            return ByElement[typeof(object)];
        }

        return nullable && items.NullableElementType is { } nullableType ? ByElement[nullableType] : items;
    }

    internal static bool TryRead(Type type, ColumnReader items, int start, int end, out object? value)
    {
        value = ByArray.TryGetValue(type, out var array) ? array.ToArray(items, start, end)
            : ByList.TryGetValue(type, out var list) ? list.ToList(items, start, end)
            : null;
        return value is not null;
    }

    private static Dictionary<Type, ListItems> Create()
    {
        var all = new Dictionary<Type, ListItems>();
        Struct<bool>();
        Struct<sbyte>();
        Struct<short>();
        Struct<int>();
        Struct<long>();
        Struct<byte>();
        Struct<ushort>();
        Struct<uint>();
        Struct<ulong>();
        Struct<Half>();
        Struct<float>();
        Struct<double>();
        Struct<decimal>();
        Struct<Int128>();
        Struct<BigInteger>();
        Struct<Guid>();
        Struct<DateTime>();
        Struct<DateTimeOffset>();
        Struct<NanoTimestamp>();
        Struct<DateOnly>();
        Struct<TimeOnly>();
        Struct<TimeSpan>();
        Struct<MicromegasInterval>();
        Reference<string>();
        Reference<byte[]>();
        Reference<object>();
        Reference<Dictionary<string, object?>>();
        Reference<IReadOnlyDictionary<string, string>>();
        return all;

        void Struct<T>()
            where T : struct
        {
            all.Add(typeof(T), new Items<T>(typeof(T?)));
            all.Add(typeof(T?), new Items<T?>(null));
        }

        void Reference<T>()
            where T : class
            => all.Add(typeof(T), new Items<T>(null));
    }

    private sealed class Items<T>(Type? nullableElementType) : ListItems
    {
        internal override Type ArrayType => typeof(T[]);

        protected override Type ElementType => typeof(T);

        protected override Type? NullableElementType => nullableElementType;

        protected override Type ListType => typeof(List<T>);

        internal override object ToArray(ColumnReader items, int start, int end)
        {
            var array = new T[end - start];
            for (var i = 0; i < array.Length; i++)
            {
                array[i] = Read(items, start + i);
            }

            return array;
        }

        protected override object ToList(ColumnReader items, int start, int end)
        {
            var list = new List<T>(end - start);
            for (var i = start; i < end; i++)
            {
                list.Add(Read(items, i));
            }

            return list;
        }

        private static T Read(ColumnReader items, int row)
        {
            if (items.IsNull(row))
            {
                return default(T) is null
                    ? default!
                    : throw new InvalidCastException($"A list of column '{items.Field.Name}' holds a null and cannot be read as {typeof(T[])}; read it as an array of nullable items.");
            }

            return FieldValue.Get<T>(items, row);
        }
    }
}
