using Micromegas.Columnar;

namespace Micromegas.Lake.Views;

/// <summary>
/// A dictionary-coded column whose values come with keys: within one block equal keys mean equal bytes, so each key is looked up once.
/// </summary>
internal sealed class KeyedDictionary(DataType type) : IDisposable
{
    private readonly DictionaryVectorBuilder _builder = new(type);
    private int[] _codes = [];
    private int _keys;

    /// <summary>Bytes of native memory held.</summary>
    public long AllocatedBytes => _builder.AllocatedBytes;

    /// <summary>Appends the value of a key that had one before; false when it is new.</summary>
    public bool TryAppend(int key)
    {
        if (!Knows(key))
        {
            return false;
        }
        _builder.AppendCode(_codes[key]);
        return true;
    }

    public bool Knows(int key) => (uint)key < (uint)_keys && _codes[key] >= 0;

    /// <summary>Says which value a key stands for.</summary>
    public void Learn(ReadOnlySpan<byte> value, int key)
    {
        if (key >= _keys)
        {
            Grow(key + 1);
        }
        _codes[key] = _builder.AddValue(value);
    }

    /// <summary>Appends the values of keys, all of which are known.</summary>
    public void Append(ReadOnlySpan<int> keys)
    {
        Span<int> codes = _builder.ExtendCodes(keys.Length);
        ReadOnlySpan<int> known = _codes;
        for (int i = 0; i < keys.Length; i++)
        {
            codes[i] = known[keys[i]];
        }
    }

    public void Append(ReadOnlySpan<byte> value, int key)
    {
        if (key < 0)
        {
            _builder.Append(value);
            return;
        }
        if (!Knows(key))
        {
            Learn(value, key);
        }
        _builder.AppendCode(_codes[key]);
    }

    /// <summary>Hands the column over; the next block starts with new keys.</summary>
    public Vector Build()
    {
        _keys = 0;
        return _builder.Build();
    }

    public void Dispose() => _builder.Dispose();

    private void Grow(int keys)
    {
        if (keys > _codes.Length)
        {
            Array.Resize(ref _codes, Math.Max(keys, _codes.Length * 2));
        }
        _codes.AsSpan(_keys, keys - _keys).Fill(-1);
        _keys = keys;
    }
}
