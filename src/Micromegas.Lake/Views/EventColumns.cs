using Micromegas.Columnar;

namespace Micromegas.Lake.Views;

/// <summary>Builders of the columns that differ from event to event. A column that nobody asked for has none.</summary>
internal sealed class EventColumns(Schema output) : IDisposable
{
    private readonly Dictionary<string, VectorBuilder> _plain = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KeyedDictionary> _coded = new(StringComparer.Ordinal);

    /// <summary>Bytes of native memory held.</summary>
    public long AllocatedBytes => _plain.Values.Sum(c => c.AllocatedBytes) + _coded.Values.Sum(c => c.AllocatedBytes);

    /// <summary>Numbers and times.</summary>
    public FlatVectorBuilder<T>? Flat<T>(string name)
        where T : unmanaged => Plain<FlatVectorBuilder<T>>(name);

    public BitVectorBuilder? Bits(string name) => Plain<BitVectorBuilder>(name);

    public ListVectorBuilder? Lists(string name) => Plain<ListVectorBuilder>(name);

    /// <summary>Texts and binaries that are different as a rule.</summary>
    public BinaryVectorBuilder? Bytes(string name) => Plain<BinaryVectorBuilder>(name);

    /// <summary>Texts and binaries of few distinct values.</summary>
    public KeyedDictionary? Coded(string name)
    {
        int ordinal = output.IndexOf(name);
        if (ordinal < 0)
        {
            return null;
        }
        var column = new KeyedDictionary(output[ordinal].Type);
        _coded.Add(name, column);
        return column;
    }

    /// <summary>Hands a column over and starts it anew; null for columns that are not of events.</summary>
    public Vector? Build(string name) =>
        _plain.TryGetValue(name, out VectorBuilder? plain) ? plain.Build()
        : _coded.TryGetValue(name, out KeyedDictionary? coded) ? coded.Build()
        : null;

    /// <summary>Forgets what was collected and not handed over.</summary>
    public void Discard()
    {
        foreach (VectorBuilder column in _plain.Values)
        {
            column.Build().Dispose();
        }
        foreach (KeyedDictionary column in _coded.Values)
        {
            column.Build().Dispose();
        }
    }

    public void Dispose()
    {
        foreach (VectorBuilder column in _plain.Values)
        {
            column.Dispose();
        }
        foreach (KeyedDictionary column in _coded.Values)
        {
            column.Dispose();
        }
    }

    private TBuilder? Plain<TBuilder>(string name)
        where TBuilder : VectorBuilder
    {
        int ordinal = output.IndexOf(name);
        if (ordinal < 0)
        {
            return null;
        }
        var column = (TBuilder)VectorBuilder.Create(output[ordinal].Type);
        _plain.Add(name, column);
        return column;
    }
}
