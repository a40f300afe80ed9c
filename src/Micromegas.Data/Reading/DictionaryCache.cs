using Micromegas.Columnar;

namespace Micromegas.Data.Reading;

/// <summary>
/// What was made of the values of a dictionary, so that it is made once a value and not once a row. Batches of several row groups come in turn, made by
/// several workers: the dictionaries used last are remembered, and no more.
/// </summary>
/// <typeparam name="T">What is made of a value.</typeparam>
internal sealed class DictionaryCache<T>
    where T : class
{
    private const int Dictionaries = 4;
    private readonly (BinaryVector? Values, T?[] Made)[] _entries = new (BinaryVector?, T?[])[Dictionaries];

    /// <summary>The place of each value's object; empty places are the caller's to fill.</summary>
    internal T?[] Of(BinaryVector values)
    {
        // The values of one vector never change (DictionaryVector). The latest stands first.
        var at = Array.FindIndex(_entries, entry => ReferenceEquals(entry.Values, values));
        var found = at >= 0 ? _entries[at] : (values, new T?[values.Length]);
        for (var i = at >= 0 ? at : Dictionaries - 1; i > 0; i--)
        {
            _entries[i] = _entries[i - 1];
        }

        _entries[0] = found;
        return found.Item2;
    }
}
