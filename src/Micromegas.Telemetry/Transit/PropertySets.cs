using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Property sets of a block as JSONB objects, each made when it is first asked for.</summary>
internal sealed class PropertySets : IDisposable
{
    private static readonly byte[] EmptyObject = [0x40, 0, 0, 0];

    private readonly JsonbBuilder builder = new();
    private readonly PooledBuffer documents = new();
    private (int Start, int Length)[] cached = [];

    public static ReadOnlySpan<byte> Empty => EmptyObject;

    /// <summary>Forgets the sets of the block before.</summary>
    public void Reset(int dependencies)
    {
        documents.Clear();
        if (cached.Length < dependencies)
        {
            cached = new (int, int)[Math.Max(dependencies, cached.Length * 2)];
        }
        else
        {
            Array.Clear(cached, 0, dependencies);
        }
    }

    /// <summary>The set as JSONB; of equal names the last stays.</summary>
    public ReadOnlySpan<byte> Get(DependencyTable dependencies, int index)
    {
        (int start, int length) = cached[index];
        if (length == 0)
        {
            (start, length) = Build(dependencies, dependencies[index]);
            cached[index] = (start, length);
        }

        return documents.WrittenSpan.Slice(start, length);
    }

    public void Dispose()
    {
        builder.Dispose();
        documents.Dispose();
    }

    private (int Start, int Length) Build(DependencyTable dependencies, Dependency set)
    {
        builder.Reset();
        builder.BeginObject();
        for (int pair = set.Start; pair < set.Start + set.Length; pair++)
        {
            (int name, int value) = dependencies.Property(pair);
            builder.AddKey(dependencies.Text(name));
            builder.AddString(dependencies.Text(value));
        }

        builder.EndObject();
        int start = documents.Length;
        documents.Write(builder.Finish());
        return (start, documents.Length - start);
    }
}
