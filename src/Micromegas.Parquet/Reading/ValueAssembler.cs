using Micromegas.Columnar;
using Micromegas.Parquet.Encodings;
using Micromegas.Parquet.Schemas;

namespace Micromegas.Parquet.Reading;

/// <summary>Puts decoded values, with gaps for nulls, into one reused plain vector.</summary>
internal abstract unsafe class ValueAssembler : IDisposable
{
    /// <summary>Begins the next vector.</summary>
    public abstract void Begin();

    /// <summary>Reads <paramref name="present"/> values into <paramref name="slots"/> rows from row <paramref name="at"/> on.</summary>
    /// <param name="decoder">Stands before the values.</param>
    /// <param name="at">Rows already there.</param>
    /// <param name="present">Values to read.</param>
    /// <param name="slots">Rows to fill; more than <paramref name="present"/> only with <paramref name="validity"/>.</param>
    /// <param name="validity">Which of the rows (counted from row 0) have a value.</param>
    public abstract void Append(ValueDecoder decoder, int at, int present, int slots, ulong* validity);

    /// <summary>Appends the values of dictionary codes; codes of null rows are 0.</summary>
    public abstract void Gather(Vector dictionary, int* codes, int at, int count);

    /// <summary>Bytes of a value as PLAIN lays it out, where that is what the vector holds; else 0.</summary>
    public virtual int PlainWidth => 0;

    /// <summary>Appends the values of dictionary codes, which lie as PLAIN lays them out. Only where there is a <see cref="PlainWidth"/>.</summary>
    public virtual void Gather(byte* values, int* codes, int at, int count) => throw new InvalidOperationException("The values have no fixed width.");

    /// <summary>Makes the vector look at values in the page itself, when encoding and type allow.</summary>
    public virtual bool TryBorrow(ValueDecoder decoder, int count) => false;

    /// <summary>The vector, valid until <see cref="Begin"/>.</summary>
    public abstract Vector Finish(int slots, ulong* validity);

    public abstract void Dispose();

    /// <param name="leaf">The leaf.</param>
    /// <param name="type">Type of the vector: the leaf's, or its value type for a dictionary's values.</param>
    public static ValueAssembler Create(LeafNode leaf, DataType type) => type.Storage switch
    {
        StorageKind.Bit => new BitAssembler(type),
        StorageKind.Bytes => new BytesAssembler(type),
        _ => type.FlatSize switch
        {
            1 => new FlatAssembler<byte>(leaf, type),
            2 => new FlatAssembler<short>(leaf, type),
            4 => new FlatAssembler<int>(leaf, type),
            8 => new FlatAssembler<long>(leaf, type),
            16 => new FlatAssembler<Int128>(leaf, type),
            _ => new FlatAssembler<Int256>(leaf, type),
        },
    };
}
