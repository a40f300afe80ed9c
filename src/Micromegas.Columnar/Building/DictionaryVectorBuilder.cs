using System.Text;

namespace Micromegas.Columnar;

/// <summary>Builds a <see cref="DictionaryVector"/> over texts or binaries: every distinct value is kept once.</summary>
public sealed unsafe class DictionaryVectorBuilder : VectorBuilder
{
    private readonly ByteInterner values = new();
    private GrowableBuffer codes;
    private Vector? lastDictionary;
    private int[] lastCodes = [];

    /// <param name="type"><c>Dictionary(…)</c>, or the plain text or binary type.</param>
    public DictionaryVectorBuilder(DataType type)
        : base(type)
    {
    }

    public override long AllocatedBytes => base.AllocatedBytes + codes.Capacity + values.AllocatedBytes;

    /// <summary>Distinct values so far.</summary>
    public int ValueCount => values.Count;

    /// <summary>Bytes of the distinct values, and of their table.</summary>
    public long ValueBytes => values.AllocatedBytes;

    public override void Reserve(int rows) => codes.Reserve(rows * 4L);

    /// <summary>The code of a value, for <see cref="AppendCode"/>; valid until the next <see cref="VectorBuilder.Build"/>.</summary>
    public int AddValue(ReadOnlySpan<byte> value) => values.Intern(value);

    /// <summary>Appends a row by the code of its value.</summary>
    public void AppendCode(int code)
    {
        Put(code);
        CountPresent();
    }

    /// <summary>Appends rows whose codes the caller fills in; the span is valid until the builder changes.</summary>
    public Span<int> ExtendCodes(int count)
    {
        codes.Reserve(count * 4L);
        var added = new Span<int>(codes.Pointer + codes.Used, count);
        codes.Used += count * 4L;
        CountPresent(count);
        return added;
    }

    public void Append(ReadOnlySpan<byte> value) => AppendCode(values.Intern(value));

    /// <summary>Appends the same code several times.</summary>
    public void AppendCode(int code, int count)
    {
        codes.Reserve(count * 4L);
        for (var i = 0; i < count; i++)
        {
            AppendCode(code);
        }
    }

    protected override void AppendDefault() => Put(0);

    protected override void AppendPresent(Vector source, int row)
    {
        if (source is DictionaryVector dictionary)
        {
            Put(Translate(dictionary, dictionary.Codes[row]));
            return;
        }
        var plain = source.Resolve(ref row);
        Put(values.Intern(((BinaryVector)plain)[row]));
    }

    protected override void AppendBoxed(object value) =>
        Put(values.Intern(value is string text ? Encoding.UTF8.GetBytes(text) : (byte[])value));

    protected override Vector BuildVector(int length, NativeBuffer? validity, Vector? into)
    {
        if (values.Count == 0 && length > 0)
        {
            // All rows are null, but their codes must still point somewhere.
            values.Intern([]);
        }
        var count = values.Count;
        var (offsets, bytes) = values.Take();
        var dictionary = BinaryVector.Create(Type.ValueType);
        dictionary.Adopt(offsets, bytes, null, count);
        var vector = new DictionaryVector(Type, dictionary) { OwnsValues = true };
        codes.Reserve(0);
        vector.Adopt(codes.Take(), validity, length);
        lastDictionary = null;
        return vector;
    }

    protected override Vector LookAt(int length)
    {
        if (values.Count == 0 && length > 0)
        {
            values.Intern([]);
        }
        var dictionary = BinaryVector.Create(Type.ValueType);
        values.Look(dictionary);
        var vector = new DictionaryVector(Type, dictionary);
        codes.Reserve(0);
        vector.Attach(dictionary, (int*)codes.Pointer, length);
        return vector;
    }

    public override void Dispose()
    {
        base.Dispose();
        codes.Dispose();
        values.Dispose();
    }

    private int Translate(DictionaryVector source, int code)
    {
        if (!ReferenceEquals(source.Values, lastDictionary))
        {
            lastDictionary = source.Values;
            if (lastCodes.Length < source.Values.Length)
            {
                lastCodes = new int[source.Values.Length];
            }
            lastCodes.AsSpan().Fill(-1);
        }
        ref var own = ref lastCodes[code];
        if (own < 0)
        {
            var row = code;
            var plain = source.Values.Resolve(ref row);
            own = values.Intern(((BinaryVector)plain)[row]);
        }
        return own;
    }

    private void Put(int code)
    {
        codes.Reserve(4);
        *(int*)(codes.Pointer + codes.Used) = code;
        codes.Used += 4;
    }
}
