using Micromegas.Columnar;

namespace Micromegas.Engine.Operators.Rows;

/// <summary>
/// Copies rows of borrowed vectors, in any order and as often as wanted, into a vector that it owns and overwrites at each call.
/// Row -1 gives null. Dictionaries stay dictionaries.
/// </summary>
internal sealed unsafe class VectorTaker : IDisposable
{
    private readonly DataType type;
    private Vector? output;
    private VectorBuilder? builder;
    private Vector? built;

    public VectorTaker(DataType type) => this.type = type;

    public Vector Take(Vector source, int* rows, int count)
    {
        switch (source)
        {
            case FlatVector flat:
                return TakeFlat(flat, rows, count);
            case DictionaryVector dictionary:
                return TakeCodes(dictionary, rows, count);
            case BinaryVector binary:
                return TakeBytes(binary, rows, count);
            default:
                return TakeRows(source, rows, count);
        }
    }

    public void Dispose()
    {
        output?.Dispose();
        built?.Dispose();
        builder?.Dispose();
    }

    private TVector Reuse<TVector>(Func<DataType, TVector> create)
        where TVector : Vector
    {
        if (output is not TVector fitting)
        {
            output?.Dispose();
            output = fitting = create(type);
        }
        return fitting;
    }

    private FlatVector TakeFlat(FlatVector source, int* rows, int count)
    {
        if (output is not FlatVector target || target.ElementSize != source.ElementSize)
        {
            output?.Dispose();
            output = target = FlatVector.Create(type);
        }
        target.Prepare(count);
        switch (source.ElementSize)
        {
            case 1:
                Copy((byte*)source.Data, (byte*)target.Data, rows, count);
                break;
            case 2:
                Copy((short*)source.Data, (short*)target.Data, rows, count);
                break;
            case 4:
                Copy((int*)source.Data, (int*)target.Data, rows, count);
                break;
            case 8:
                Copy((long*)source.Data, (long*)target.Data, rows, count);
                break;
            case 16:
                Copy((Int128*)source.Data, (Int128*)target.Data, rows, count);
                break;
            default:
                Copy((Int256*)source.Data, (Int256*)target.Data, rows, count);
                break;
        }
        TakeValidity(source, target, rows, count);
        return target;
    }

    private static void Copy<T>(T* from, T* to, int* rows, int count)
        where T : unmanaged
    {
        for (var i = 0; i < count; i++)
        {
            // Row -1 copies an arbitrary value, which its validity bit hides.
            to[i] = from[Math.Max(rows[i], 0)];
        }
    }

    private DictionaryVector TakeCodes(DictionaryVector source, int* rows, int count)
    {
        var target = Reuse(dictionaryType => new DictionaryVector(dictionaryType, source.Values));
        target.Prepare(source.Values, count);
        Copy(source.Codes, target.Codes, rows, count);
        TakeValidity(source, target, rows, count);
        return target;
    }

    private BinaryVector TakeBytes(BinaryVector source, int* rows, int count)
    {
        var target = Reuse(BinaryVector.Create);
        var total = 0L;
        for (var i = 0; i < count; i++)
        {
            if (rows[i] >= 0)
            {
                total += source.Offsets[rows[i] + 1] - source.Offsets[rows[i]];
            }
        }
        if (total > int.MaxValue)
        {
            Throw.Engine(SqlState.OutOfMemory, $"{count} values of {total} bytes do not fit one batch.");
        }
        target.Prepare(count, total);
        var at = 0;
        for (var i = 0; i < count; i++)
        {
            if (rows[i] >= 0)
            {
                var value = source[rows[i]];
                value.CopyTo(new Span<byte>(target.Bytes + at, value.Length));
                at += value.Length;
            }
            target.Offsets[i + 1] = at;
        }
        TakeValidity(source, target, rows, count);
        return target;
    }

    private static void TakeValidity(Vector source, Vector target, int* rows, int count)
    {
        var missing = false;
        for (var i = 0; i < count && !missing; i++)
        {
            missing = rows[i] < 0;
        }
        if (!missing && source.Validity == null)
        {
            return;
        }
        var bits = target.PrepareValidity(count);
        for (var i = 0; i < count; i++)
        {
            if (rows[i] < 0 || (source.Validity != null && !Bitmap.Get(source.Validity, rows[i])))
            {
                Bitmap.Clear(bits, i);
            }
        }
    }

    private Vector TakeRows(Vector source, int* rows, int count)
    {
        built?.Dispose();
        builder ??= VectorBuilder.Create(type.ValueType);
        for (var i = 0; i < count; i++)
        {
            if (rows[i] < 0)
            {
                builder.AppendNull();
            }
            else
            {
                builder.Append(source, rows[i]);
            }
        }
        return built = builder.Build();
    }
}
