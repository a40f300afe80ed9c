using System.Text;
using Micromegas.Columnar;

namespace Micromegas.Data.Reading;

/// <summary>Columns of texts and bytes. What is made from a dictionary's value is kept for the other rows of the same code.</summary>
internal abstract class BytesColumn(Field field) : ColumnReader(field)
{
    // Larger dictionaries are not worth arrays of their own: their values hardly repeat.
    private const int MostCachedValues = 1 << 16;
    private BinaryVector? _values;

    protected override void BindPlain(Vector vector)
    {
        // The values of one vector never change (DictionaryVector), so that caches live as long as the vector is the same.
        if (!ReferenceEquals(vector, _values))
        {
            _values = vector as BinaryVector;
            DropCaches();
        }
    }

    /// <summary>The values have changed.</summary>
    protected virtual void DropCaches()
    {
    }

    /// <summary>What is made of the bytes of a row; made once for the rows of one dictionary value.</summary>
    protected T Cached<T>(ref T?[]? cache, int row, Func<ReadOnlySpan<byte>, T> make)
        where T : class
    {
        if (!IsDictionary || _values!.Length > MostCachedValues)
        {
            return make(this[row]);
        }

        cache ??= new T?[_values.Length];
        return cache[Locate(row)] ??= make(this[row]);
    }

    protected ReadOnlySpan<byte> this[int row] => _values![Locate(row)];

    internal override byte[] GetBytes(int row) => this[row].ToArray();

    internal override ReadOnlySpan<byte> GetUtf8(int row) => this[row];
}

/// <summary>Text.</summary>
internal sealed class Utf8Column(Field field) : BytesColumn(field)
{
    private string?[]? _texts;
    private TextPool? _pool;

    internal override Type ClrType => typeof(string);

    protected override void DropCaches() => _texts = null;

    internal override object GetValue(int row) => GetString(row);

    internal override string GetString(int row)
        => IsDictionary ? Cached(ref _texts, row, static bytes => Encoding.UTF8.GetString(bytes)) : (_pool ??= new TextPool()).Get(this[row]);

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
