using System.Text;
using Micromegas.Columnar;

namespace Micromegas.Data.Reading;

/// <summary>Columns of texts and bytes. What is made from a dictionary's value is kept for the other rows of the same code.</summary>
internal abstract class BytesColumn(Field field) : ColumnReader(field)
{
    private BinaryVector? _values;

    protected override void BindPlain(Vector vector) => _values = vector as BinaryVector;

    protected ReadOnlySpan<byte> this[int row] => _values![Locate(row)];

    internal override byte[] GetBytes(int row) => this[row].ToArray();
}

/// <summary>Text.</summary>
internal sealed class Utf8Column(Field field) : BytesColumn(field)
{
    // Larger dictionaries are not worth an array of their own: their values hardly repeat.
    private const int CachedValues = 1 << 16;
    private Vector? _cacheOwner;
    private string?[]? _cache;

    internal override Type ClrType => typeof(string);

    protected override void BindPlain(Vector vector)
    {
        base.BindPlain(vector);
        if (!ReferenceEquals(vector, _cacheOwner))
        {
            _cacheOwner = vector;
            _cache = null;
        }
    }

    internal override object GetValue(int row) => GetString(row);

    internal override string GetString(int row)
    {
        if (!IsEncoded || _cacheOwner!.Length > CachedValues)
        {
            return Encoding.UTF8.GetString(this[row]);
        }

        _cache ??= new string?[_cacheOwner.Length];
        return _cache[Locate(row)] ??= Encoding.UTF8.GetString(this[row]);
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

    internal override object GetValue(int row) => GetBytes(row);

    internal override Guid GetGuid(int row)
    {
        var bytes = this[row];
        return bytes.Length == 16
            ? new Guid(bytes, bigEndian: true)
            : throw new InvalidCastException($"Column '{Field.Name}' holds {bytes.Length} bytes, which are no GUID.");
    }
}
