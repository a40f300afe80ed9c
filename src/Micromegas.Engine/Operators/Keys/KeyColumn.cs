using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Keys;

/// <summary>
/// One column of the keys of a <see cref="KeyTable"/>: how its values become a few bytes of fixed size that are equal exactly when the values are
/// (NULL equals NULL, NaN equals NaN, -0.0 and 0.0 differ; spec/sql.md §5.4), and back. Texts become numbers of an interning table.
/// </summary>
internal abstract unsafe class KeyColumn(DataType type) : IDisposable
{
    public DataType Type { get; } = type;

    /// <summary>Bytes of the encoded value.</summary>
    public abstract int Size { get; }

    /// <summary>Where the value lies in the encoded key.</summary>
    public int Offset { get; set; }

    public virtual long Bytes => 0;

    /// <summary>Bytes of memory that adding so many values asks for.</summary>
    public virtual long GrowthBytes(int more) => 0;

    /// <summary>Whether the encoded value is a number from 0 upwards, given in order of first appearance; -1 when the value is not there.</summary>
    public virtual bool IsNumbering => false;

    /// <summary>Values so far, where they are numbered.</summary>
    public virtual int ValueCount => 0;

    public static KeyColumn Create(DataType type) => type.Storage switch
    {
        StorageKind.Bit => new BitKeyColumn(type),
        StorageKind.Bytes => new BytesKeyColumn(type),
        StorageKind.Flat => type.ValueType.Kind switch
        {
            TypeKind.Float16 => new FlatKeyColumn<Half, HalfIdentity>(type),
            TypeKind.Float32 => new FlatKeyColumn<float, FloatIdentity>(type),
            TypeKind.Float64 => new FlatKeyColumn<double, DoubleIdentity>(type),
            _ => type.FlatSize switch
            {
                1 => new FlatKeyColumn<byte, PlainIdentity<byte>>(type),
                2 => new FlatKeyColumn<short, PlainIdentity<short>>(type),
                4 => new FlatKeyColumn<int, PlainIdentity<int>>(type),
                8 => new FlatKeyColumn<long, PlainIdentity<long>>(type),
                16 => new FlatKeyColumn<Int128, PlainIdentity<Int128>>(type),
                _ => new FlatKeyColumn<Int256, PlainIdentity<Int256>>(type),
            },
        },
        _ => new NestedKeyColumn(type),
    };

    /// <summary>
    /// Writes the encoded values of some rows, one every <paramref name="stride"/> bytes. Null rows are left alone.
    /// </summary>
    /// <param name="access">The values.</param>
    /// <param name="rows">The rows; null = the first <paramref name="count"/>.</param>
    /// <param name="count">Rows.</param>
    /// <param name="target">Where the first value goes.</param>
    /// <param name="stride">Bytes from one value to the next.</param>
    /// <param name="add">Whether new texts are added; else they get a number that nothing has.</param>
    /// <param name="scratch">The worker's memory for this column.</param>
    public abstract void Encode(in VectorAccess access, int* rows, int count, byte* target, int stride, bool add, KeyScratch scratch);

    /// <summary>Turns encoded values into a vector, owned by the caller.</summary>
    /// <param name="source">The first encoded value.</param>
    /// <param name="stride">Bytes from one value to the next.</param>
    /// <param name="count">Values.</param>
    /// <param name="nulls">First byte that holds the null bit; null when there are no nulls.</param>
    /// <param name="nullMask">The null bit.</param>
    public abstract Vector Decode(byte* source, int stride, int count, byte* nulls, byte nullMask);

    /// <summary>Makes room for so many values, about, where they are numbered and none is there.</summary>
    public virtual void Reserve(int count)
    {
    }

    /// <summary>No more values come: they will only be looked up.</summary>
    public virtual void Complete()
    {
    }

    /// <summary>A vector of any values that has the nulls of encoded ones.</summary>
    public virtual Vector DecodePresence(byte* source, int stride, int count, byte* nulls, byte nullMask) => Decode(source, stride, count, nulls, nullMask);

    /// <summary>Adds a range of the values that another table's column of the same type numbered (<see cref="IsNumbering"/>).</summary>
    /// <param name="other">The other table's column.</param>
    /// <param name="start">First number there.</param>
    /// <param name="count">Values.</param>
    /// <param name="numbers">Gets the numbers here.</param>
    public virtual void AddRange(KeyColumn other, int start, int count, int* numbers) =>
        throw new InvalidOperationException($"A key column of {Type} numbers no values.");

    /// <summary>Finds values that another table's column of the same type numbered (<see cref="IsNumbering"/>). Several workers may do so while nobody adds.</summary>
    /// <param name="other">The other table's column.</param>
    /// <param name="numbers">Numbers there.</param>
    /// <param name="count">Values.</param>
    /// <param name="found">Gets the numbers here, -1 for values that are not here; may be <paramref name="numbers"/>.</param>
    public virtual void Find(KeyColumn other, int* numbers, int count, int* found) =>
        throw new InvalidOperationException($"A key column of {Type} numbers no values.");

    public virtual void Dispose() => GC.SuppressFinalize(this);

    protected static void DecodeNulls(Vector vector, int stride, int count, byte* nulls, byte nullMask)
    {
        if (nulls == null)
        {
            return;
        }
        ulong* bits = null;
        for (var i = 0; i < count; i++)
        {
            if ((nulls[(long)i * stride] & nullMask) != 0)
            {
                if (bits == null)
                {
                    bits = vector.PrepareValidity(count);
                }
                Bitmap.Clear(bits, i);
            }
        }
    }
}

/// <summary>What one worker needs to encode one key column.</summary>
internal sealed class KeyScratch : IDisposable
{
    public const int Unknown = -2;

    public AccessScratch Access { get; } = new();

    /// <summary>The dictionary that <see cref="Numbers"/> translates.</summary>
    public Vector? Dictionary { get; private set; }

    /// <summary>For each value of <see cref="Dictionary"/> its number in the table, <see cref="Unknown"/> while not looked up.</summary>
    public NativeList<int> Numbers { get; } = new();

    /// <summary>The dictionary's values that were hashed together last, and how many they may be.</summary>
    public int BlockStart { get; set; }

    public int BlockEnd { get; set; }

    public int BlockLength { get; set; } = 1;

    /// <summary>The value behind the one that came last out of the order of blocks.</summary>
    public int Following { get; set; }

    /// <summary>Hashes of a batch's texts, or of the dictionary's values from <see cref="BlockStart"/> on.</summary>
    public NativeList<uint> Hashes { get; } = new();

    /// <summary>Rows of a batch whose texts may be in the table, and the hashes of those.</summary>
    public NativeList<int> Candidates { get; } = new();

    public NativeList<uint> CandidateHashes { get; } = new();

    /// <summary>Bytes of a nested value.</summary>
    public ByteWriter Bytes { get; } = new();

    /// <summary>Makes sure that <see cref="Numbers"/> is about this dictionary.</summary>
    public void Use(Vector dictionary)
    {
        if (!ReferenceEquals(Dictionary, dictionary))
        {
            Dictionary = dictionary;
            BlockStart = 0;
            BlockEnd = 0;
            BlockLength = 1;
            Following = 0;
            Numbers.Count = 0;
            Numbers.Resize(dictionary.Length, Unknown);
        }
    }

    public void Dispose()
    {
        Access.Dispose();
        Numbers.Dispose();
        Hashes.Dispose();
        Candidates.Dispose();
        CandidateHashes.Dispose();
        Bytes.Dispose();
    }
}
