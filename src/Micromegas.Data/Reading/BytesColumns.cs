using System.Text;
using Micromegas.Columnar;

namespace Micromegas.Data.Reading;

/// <summary>Columns of texts and bytes.</summary>
internal abstract unsafe class BytesColumn(Field field) : ColumnReader(field)
{
    // Larger dictionaries are not worth arrays of their own: their values hardly repeat.
    private const int MostCachedValues = 1 << 16;
    private BinaryVector? _values;

    protected override void BindPlain(Vector vector)
    {
        _values = vector as BinaryVector;
        UseDictionary(IsDictionary && _values is { Length: <= MostCachedValues } ? _values : null);
    }

    /// <summary>From now on values are those of a dictionary, or of none.</summary>
    protected abstract void UseDictionary(BinaryVector? values);

    protected ReadOnlySpan<byte> this[int row] => _values![Locate(row)];

    internal override byte[] GetBytes(int row) => this[row].ToArray();

    internal override ReadOnlySpan<byte> GetUtf8(int row) => this[row];
}

/// <summary>Text.</summary>
internal sealed unsafe class Utf8Column(Field field) : BytesColumn(field)
{
    private readonly DictionaryCache<string> _caches = new();
    private readonly TextPool _pool = new();
    private string?[]? _texts;

    internal override Type ClrType => typeof(string);

    protected override void UseDictionary(BinaryVector? values) => _texts = values is null ? null : _caches.Of(values);

    internal override object GetValue(int row) => GetString(row);

    internal override string GetString(int row)
    {
        if (_texts is not { } texts)
        {
            return _pool.Get(this[row]);
        }

        // Dictionaries of several row groups hold the same texts.
        ref var text = ref texts[Codes[row]];
        return text ??= _pool.Get(this[row]);
    }

    internal override char GetChar(int row)
    {
        var text = GetString(row);
        return text.Length == 1 ? text[0] : throw new InvalidCastException($"Column '{Field.Name}' holds a text of {text.Length} characters, which cannot be read as one.");
    }

    internal override Guid GetGuid(int row)
        => Guid.TryParse(this[row], null, out var value) ? value : throw new InvalidCastException($"Column '{Field.Name}' holds '{GetString(row)}', which is no GUID.");
}

/// <summary>Bytes.</summary>
internal sealed class BinaryColumn(Field field) : BytesColumn(field)
{
    internal override Type ClrType => typeof(byte[]);

    protected override void UseDictionary(BinaryVector? values)
    {
    }

    internal override object GetValue(int row) => GetBytes(row);

    internal override Guid GetGuid(int row)
    {
        var bytes = this[row];
        return bytes.Length == 16
            ? new Guid(bytes, bigEndian: true)
            : throw new InvalidCastException($"Column '{Field.Name}' holds {bytes.Length} bytes, which are no GUID.");
    }
}
