using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>Puts together one vector from several, each of which serves some of the rows.</summary>
internal abstract unsafe class CaseOutput : IDisposable
{
    private readonly List<Vector> sources = [];
    private int[] sourceOf = [];

    protected CaseOutput(DataType type) => Type = type;

    protected DataType Type { get; }

    protected int RowCount { get; private set; }

    /// <summary>The vectors in order of <see cref="Add"/>.</summary>
    protected IReadOnlyList<Vector> Sources => sources;

    /// <summary>For each row the ordinal of its source, or -1 for null.</summary>
    protected ReadOnlySpan<int> SourceOf => sourceOf.AsSpan(0, RowCount);

    public static CaseOutput Create(DataType type) => type.ValueType.Kind switch
    {
        TypeKind.Null => new NullCaseOutput(type),
        TypeKind.Int8 or TypeKind.UInt8 => new FlatCaseOutput<byte>(type),
        TypeKind.Int16 or TypeKind.UInt16 or TypeKind.Float16 => new FlatCaseOutput<short>(type),
        _ => type.Storage switch
        {
            StorageKind.Flat => type.FlatSize switch
            {
                4 => new FlatCaseOutput<int>(type),
                8 => new FlatCaseOutput<long>(type),
                16 => new FlatCaseOutput<Int128>(type),
                _ => new FlatCaseOutput<Int256>(type),
            },
            StorageKind.Bytes => new BytesCaseOutput(type),
            _ => new BuiltCaseOutput(type),
        },
    };

    public void Begin(int rowCount)
    {
        RowCount = rowCount;
        sources.Clear();
        if (sourceOf.Length < rowCount)
        {
            sourceOf = new int[rowCount];
        }
        sourceOf.AsSpan(0, rowCount).Fill(-1);
    }

    /// <summary>The rows of <paramref name="rows"/> (all when null) come from <paramref name="vector"/>, which must stay valid until <see cref="End"/>.</summary>
    public void Add(Vector vector, Selection? rows)
    {
        var ordinal = sources.Count;
        sources.Add(vector);
        if (rows is null)
        {
            sourceOf.AsSpan(0, RowCount).Fill(ordinal);
            return;
        }
        foreach (var row in rows.Span)
        {
            sourceOf[row] = ordinal;
        }
    }

    /// <summary>These rows are null.</summary>
    public void AddNull(Selection? rows)
    {
        if (rows is null)
        {
            sourceOf.AsSpan(0, RowCount).Fill(-1);
        }
    }

    /// <summary>The vector, valid until the next <see cref="Begin"/>.</summary>
    public abstract Vector End();

    public abstract void Dispose();
}

internal sealed unsafe class FlatCaseOutput<T>(DataType type) : CaseOutput(type)
    where T : unmanaged
{
    // Bits are copied, whatever they mean: the vectors are of one type, so their element sizes agree.
    private readonly FlatVector output = FlatVector.Create(type);

    public override Vector End()
    {
        output.Prepare(RowCount);
        var sourceOf = SourceOf;
        for (var ordinal = 0; ordinal < Sources.Count; ordinal++)
        {
            Copy(Sources[ordinal], ordinal, sourceOf);
        }
        for (var row = 0; row < RowCount; row++)
        {
            if (sourceOf[row] < 0)
            {
                Nulls.Set(output, row);
            }
        }
        return output;
    }

    private void Copy(Vector source, int ordinal, ReadOnlySpan<int> sourceOf)
    {
        int* codes = null;
        var mask = -1;
        var plain = Encodings.Unwrap(source, ref codes, ref mask);
        var values = plain is FlatVector flat ? (T*)flat.Data : null;
        var target = (T*)output.Data;
        var mayHaveNulls = source.MayHaveNulls;
        for (var row = 0; row < sourceOf.Length; row++)
        {
            if (sourceOf[row] != ordinal)
            {
                continue;
            }
            if (mayHaveNulls && source.IsNull(row))
            {
                Nulls.Set(output, row);
                continue;
            }
            target[row] = values[codes != null ? codes[row] : row & mask];
        }
    }

    public override void Dispose() => output.Dispose();
}

/// <summary>Texts and binaries. When every source is constant the result is dictionary-coded, with a dictionary that stays the same from batch to batch.</summary>
internal sealed unsafe class BytesCaseOutput(DataType type) : CaseOutput(type)
{
    /// <summary>Constants that are kept although a batch does not have them.</summary>
    private const int MaxConstants = 64;

    private readonly BinaryVector output = BinaryVector.Create(type);
    private readonly List<byte[]> constants = [];
    private Vector? values;
    private DictionaryVector? dictionary;

    public override Vector End()
    {
        foreach (var source in Sources)
        {
            if (source is not ConstantVector)
            {
                return Copy();
            }
        }
        return Code();
    }

    public override void Dispose()
    {
        output.Dispose();
        values?.Dispose();
        dictionary?.Dispose();
    }

    private DictionaryVector Code()
    {
        // The dictionary holds every constant seen so far; it only changes (into a new object) when another one appears. A source may be constant in each
        // batch and differ from batch to batch, so constants are known by their bytes.
        Span<int> codeOf = Sources.Count <= 64 ? stackalloc int[64] : new int[Sources.Count];
        if (constants.Count > MaxConstants + Sources.Count)
        {
            constants.Clear();
            values = Retire(values);
        }
        for (var i = 0; i < Sources.Count; i++)
        {
            codeOf[i] = Find(Sources[i]);
        }
        if (values is null)
        {
            Rebuild();
        }
        dictionary ??= new DictionaryVector(Type, values!);
        dictionary.Prepare(values!, RowCount);
        var nullCode = constants.Count;
        var sourceOf = SourceOf;
        for (var row = 0; row < sourceOf.Length; row++)
        {
            var code = sourceOf[row] < 0 ? -1 : codeOf[sourceOf[row]];
            dictionary.Codes[row] = code < 0 ? nullCode : code;
        }
        return dictionary;
    }

    /// <summary>The code of a constant, -1 when it is null.</summary>
    private int Find(Vector source)
    {
        if (source.IsNull(0))
        {
            return -1;
        }
        var row = 0;
        var value = ((BinaryVector)source.Resolve(ref row))[row];
        for (var code = 0; code < constants.Count; code++)
        {
            if (value.SequenceEqual(constants[code]))
            {
                return code;
            }
        }
        constants.Add(value.ToArray());
        values = Retire(values);
        return constants.Count - 1;
    }

    private static Vector? Retire(Vector? values)
    {
        values?.Dispose();
        return null;
    }

    private void Rebuild()
    {
        using var builder = new BinaryVectorBuilder(Type.ValueType);
        foreach (var constant in constants)
        {
            builder.Append(constant);
        }
        builder.AppendNull();
        values = builder.Build();
    }

    private BinaryVector Copy()
    {
        output.Prepare(RowCount, Math.Max(output.ByteCapacity, 1024));
        var writer = new BytesWriter(output);
        var sourceOf = SourceOf;
        for (var row = 0; row < sourceOf.Length; row++)
        {
            writer.Begin(row);
            var source = sourceOf[row] < 0 ? null : Sources[sourceOf[row]];
            if (source is null || source.IsNull(row))
            {
                Nulls.Set(output, row);
                continue;
            }
            var at = row;
            var plain = (BinaryVector)source.Resolve(ref at);
            writer.Append(plain[at]);
        }
        writer.Finish();
        return output;
    }
}

/// <summary>Booleans and nested values.</summary>
internal sealed class BuiltCaseOutput(DataType type) : CaseOutput(type)
{
    private readonly VectorBuilder builder = VectorBuilder.Create(type.ValueType);
    private Vector? output;

    public override Vector End()
    {
        var sourceOf = SourceOf;
        for (var row = 0; row < sourceOf.Length; row++)
        {
            if (sourceOf[row] < 0)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(Sources[sourceOf[row]], row);
            }
        }
        output?.Dispose();
        output = builder.Build();
        output.Relabel(Type);
        return output;
    }

    public override void Dispose()
    {
        builder.Dispose();
        output?.Dispose();
    }
}

internal sealed class NullCaseOutput(DataType type) : CaseOutput(type)
{
    public override Vector End() => new NullVector(RowCount);

    public override void Dispose()
    {
    }
}
