using Micromegas.Columnar;

namespace Micromegas.Parquet.Reading;

/// <summary>A column of type Null: there is nothing to decode.</summary>
internal sealed class NullColumnReader(Field field, long rows, ParquetLocation location) : ColumnReader(field, rows, location)
{
    private readonly NullVector vector = new(0);

    public override bool IsFullyDictionaryEncoded => false;

    private protected override Vector? DictionaryCore => null;

    private protected override long FileOffset => -1;

    private protected override Vector ReadCore(int rows)
    {
        vector.SetLength(rows);
        return vector;
    }

    private protected override void SkipCore(long rows)
    {
    }

    public override void Dispose() => vector.Dispose();
}
