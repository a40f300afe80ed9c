namespace Micromegas.Columnar;

/// <summary>The dictionaries of a stream or file by id, as far as they were read.</summary>
internal sealed class IpcDictionaries : IDisposable
{
    private readonly Dictionary<long, IpcDictionary> dictionaries = [];

    public IpcDictionaries(IpcField[] fields, ArrowReaderOptions options)
    {
        foreach (var field in fields)
        {
            Register(field, options);
        }
    }

    /// <summary>Whether there is any.</summary>
    public bool IsEmpty => dictionaries.Count == 0;

    /// <summary>The dictionary of a batch's id.</summary>
    public IpcDictionary this[long id] =>
        dictionaries.TryGetValue(id, out var dictionary) ? dictionary : throw new ArrowFormatException($"Damaged Arrow data: no field has dictionary {id}.");

    /// <summary>The values that a field's codes point into, at least one row.</summary>
    /// <param name="field">A dictionary-coded field.</param>
    /// <param name="count">Values that are really there.</param>
    public Vector ValuesOf(IpcField field, out int count) => dictionaries[field.DictionaryId].GetValues(out count);

    public void Dispose()
    {
        foreach (var dictionary in dictionaries.Values)
        {
            dictionary.Dispose();
        }
    }

    private void Register(IpcField field, ArrowReaderOptions options)
    {
        foreach (var child in field.Children)
        {
            Register(child, options);
        }
        if (field.DictionaryId == IpcField.NoDictionary)
        {
            return;
        }
        if (!dictionaries.TryGetValue(field.DictionaryId, out var known))
        {
            dictionaries.Add(field.DictionaryId, new IpcDictionary(field.Values, options));
        }
        else if (known.ValueField.Field.Type != field.Field.Type.ValueType || known.ValueField.HoldsDictionaries)
        {
            throw new ArrowFormatException($"Damaged Arrow data: fields of different types share dictionary {field.DictionaryId}.");
        }
    }
}
