namespace Micromegas.Columnar;

/// <summary>The dictionaries of a schema, in order of their ids.</summary>
internal sealed unsafe class IpcDictionaryWriters : IDisposable
{
    private readonly List<IpcDictionaryWriter> writers = [];

    /// <param name="fields">Numbered fields.</param>
    /// <param name="mayReplace">Whether dictionaries may be replaced: in streams, not in files.</param>
    /// <param name="alwaysReplace">Whether new values replace the dictionary instead of adding to it.</param>
    public IpcDictionaryWriters(IpcField[] fields, bool mayReplace, bool alwaysReplace)
    {
        foreach (var field in fields)
        {
            Add(field, mayReplace, alwaysReplace);
        }
    }

    public int Count => writers.Count;

    public IpcDictionaryWriter this[int id] => writers[id];

    public int* Encode(IpcField field, Vector vector, IpcRows rows, IpcMemory memory) => writers[(int)field.DictionaryId].Encode(vector, rows, memory);

    public void Dispose()
    {
        foreach (var writer in writers)
        {
            writer.Dispose();
        }
    }

    private void Add(IpcField field, bool mayReplace, bool alwaysReplace)
    {
        if (field.DictionaryId != IpcField.NoDictionary)
        {
            writers.Add(IpcDictionaryWriter.Create(field, mayReplace, alwaysReplace));
            // Values that were sent refer to the dictionaries inside them, which may therefore only grow.
            mayReplace = false;
            alwaysReplace = false;
        }
        foreach (var child in field.Children)
        {
            Add(child, mayReplace, alwaysReplace);
        }
    }
}
