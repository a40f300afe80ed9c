using System.Text.Json;
using Micromegas.Columnar;

namespace Micromegas.Data.Reading;

/// <summary>Lists of every kind: arrays of the item's CLR type (nullable where items may be null), other element types on request.</summary>
internal sealed unsafe class ListColumn : ColumnReader
{
    private readonly ColumnReader _items;
    private readonly ListItems _natural;
    private ListVector? _values;

    internal ListColumn(Field field)
        : base(field)
    {
        _items = ColumnReaders.Create(Type.ItemField);
        _natural = ListItems.Natural(_items.ClrType, Type.ItemField.Nullable);
    }

    internal override Type ClrType => _natural.ArrayType;

    protected override void BindPlain(Vector vector)
    {
        _values = vector as ListVector;
        if (_values is not null)
        {
            _items.Bind(_values.Items);
        }
    }

    internal override object GetValue(int row)
    {
        var at = Locate(row);
        return _natural.ToArray(_items, _values!.Offsets[at], _values.Offsets[at + 1]);
    }

    internal override bool TryGetObject(Type type, int row, out object? value)
    {
        var at = Locate(row);
        return ListItems.TryRead(type, _items, _values!.Offsets[at], _values.Offsets[at + 1], out value) || NestedJson.TryRead(this, type, row, out value);
    }

    internal override void WriteJson(Utf8JsonWriter writer, int row)
    {
        var at = Locate(row);
        writer.WriteStartArray();
        for (var i = _values!.Offsets[at]; i < _values.Offsets[at + 1]; i++)
        {
            NestedJson.Write(writer, _items, i);
        }

        writer.WriteEndArray();
    }
}

/// <summary>Structs: a dictionary from member name to value.</summary>
internal sealed class StructColumn : ColumnReader
{
    private readonly ColumnReader[] _members;

    internal StructColumn(Field field)
        : base(field)
    {
        _members = new ColumnReader[Type.Fields.Length];
        for (var i = 0; i < _members.Length; i++)
        {
            _members[i] = ColumnReaders.Create(Type.Fields[i]);
        }
    }

    internal override Type ClrType => typeof(Dictionary<string, object?>);

    protected override void BindPlain(Vector vector)
    {
        if (vector is StructVector structs)
        {
            for (var i = 0; i < _members.Length; i++)
            {
                _members[i].Bind(structs.Children[i]);
            }
        }
    }

    internal override object GetValue(int row)
    {
        var at = Locate(row);
        var members = new Dictionary<string, object?>(_members.Length, StringComparer.Ordinal);
        foreach (var member in _members)
        {
            members[member.Field.Name] = member.IsNull(at) ? null : member.GetValue(at);
        }

        return members;
    }

    internal override bool TryGetObject(Type type, int row, out object? value)
    {
        value = type == typeof(IReadOnlyDictionary<string, object?>) || type == typeof(IDictionary<string, object?>) ? GetValue(row) : null;
        return value is not null || NestedJson.TryRead(this, type, row, out value);
    }

    internal override void WriteJson(Utf8JsonWriter writer, int row)
    {
        var at = Locate(row);
        writer.WriteStartObject();
        foreach (var member in _members)
        {
            writer.WritePropertyName(member.Field.Name);
            NestedJson.Write(writer, member, at);
        }

        writer.WriteEndObject();
    }
}

/// <summary>Maps: a dictionary; its keys are texts where the map's are.</summary>
internal sealed unsafe class MapColumn : ColumnReader
{
    private readonly ColumnReader _keys;
    private readonly ColumnReader _items;
    private ListVector? _values;
    private StructVector? _entries;

    internal MapColumn(Field field)
        : base(field)
    {
        var entries = Type.ItemField.Type;
        _keys = ColumnReaders.Create(entries.Fields[0]);
        _items = ColumnReaders.Create(entries.Fields[1]);
    }

    internal override Type ClrType => _keys.ClrType == typeof(string) ? typeof(Dictionary<string, object?>) : typeof(Dictionary<object, object?>);

    protected override void BindPlain(Vector vector)
    {
        _values = vector as ListVector;
        _entries = _values?.Items as StructVector;
        if (_entries is not null)
        {
            _keys.Bind(_entries.Children[0]);
            _items.Bind(_entries.Children[1]);
        }
    }

    internal override object GetValue(int row)
    {
        var at = Locate(row);
        return _keys.ClrType == typeof(string)
            ? Read(at, StringComparer.Ordinal, _keys.GetString)
            : Read(at, EqualityComparer<object>.Default, _keys.GetValue);
    }

    internal override bool TryGetObject(Type type, int row, out object? value)
    {
        value = _keys.ClrType == typeof(string) && type == typeof(IReadOnlyDictionary<string, object?>) ? GetValue(row)
            : type == typeof(IReadOnlyDictionary<string, string>) || type == typeof(Dictionary<string, string>) ? Texts(row)
            : null;
        return value is not null || NestedJson.TryRead(this, type, row, out value);
    }

    /// <summary>An object; keys that are no texts are written as their JSON form.</summary>
    internal override void WriteJson(Utf8JsonWriter writer, int row)
    {
        var at = Locate(row);
        writer.WriteStartObject();
        for (var i = _values!.Offsets[at]; i < _values.Offsets[at + 1]; i++)
        {
            writer.WritePropertyName(_keys.ClrType == typeof(string) ? _keys.GetString(i) : NestedJson.ToText(_keys, i));
            NestedJson.Write(writer, _items, i);
        }

        writer.WriteEndObject();
    }

    private Dictionary<TKey, object?> Read<TKey>(int at, IEqualityComparer<TKey> comparer, Func<int, TKey> key)
        where TKey : notnull
    {
        var (start, end) = (_values!.Offsets[at], _values.Offsets[at + 1]);
        var map = new Dictionary<TKey, object?>(end - start, comparer);
        for (var i = start; i < end; i++)
        {
            map[key(i)] = _items.IsNull(i) ? null : _items.GetValue(i);
        }

        return map;
    }

    private Dictionary<string, string> Texts(int row)
    {
        var at = Locate(row);
        var (start, end) = (_values!.Offsets[at], _values.Offsets[at + 1]);
        var map = new Dictionary<string, string>(end - start, StringComparer.Ordinal);
        for (var i = start; i < end; i++)
        {
            if (!_items.IsNull(i))
            {
                map[_keys.GetString(i)] = _items.GetString(i);
            }
        }

        return map;
    }
}
