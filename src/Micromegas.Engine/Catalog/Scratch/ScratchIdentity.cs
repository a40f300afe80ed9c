using System.Globalization;
using Micromegas.Columnar;

namespace Micromegas.Engine.Catalog.Scratch;

/// <summary>A column that numbers its rows: a row without a value gets the next one. Values that were given are counted past.</summary>
internal sealed class ScratchIdentity(int ordinal)
{
    private long last;

    public int Ordinal => ordinal;

    /// <summary>The column with a number in each row; the same vector when all rows have one. Called by one statement at a time.</summary>
    public Vector Fill(Vector column, int rowCount)
    {
        using var builder = VectorBuilder.Create(column.Type);
        var isFilled = false;
        for (var row = 0; row < rowCount; row++)
        {
            if (column.IsNull(row))
            {
                isFilled = true;
                builder.AppendValue(Value(checked(++last), column.Type));
                continue;
            }
            last = Math.Max(last, Convert.ToInt64(column.GetValue(row), CultureInfo.InvariantCulture));
            builder.Append(column, row);
        }
        return isFilled ? builder.Build() : column;
    }

    private static object Value(long number, DataType type) => type.Kind switch
    {
        TypeKind.Int16 when number <= short.MaxValue => (object)(short)number,
        TypeKind.Int32 when number <= int.MaxValue => (int)number,
        TypeKind.Int64 => number,
        _ => throw new EngineException(SqlState.NumericValueOutOfRange, $"The identity column has no number left in {type}."),
    };
}
