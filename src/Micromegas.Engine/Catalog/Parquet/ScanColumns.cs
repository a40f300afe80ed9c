using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Plans;
using Micromegas.Parquet;

namespace Micromegas.Engine.Catalog.Parquet;

/// <summary>Where a file has the columns that a scan reads: worked out once a file, for all its row groups.</summary>
internal sealed class ScanColumns
{
    private readonly int[] filePositions;

    /// <param name="tableColumns">Columns of the table.</param>
    /// <param name="read">Ordinals of those that are read.</param>
    /// <param name="positionOf">Position of a column in the file, -1 where it lacks the column.</param>
    public ScanColumns(int tableColumns, int[] read, Func<int, int> positionOf)
    {
        filePositions = new int[tableColumns];
        ReaderPositions = new int[tableColumns];
        Array.Fill(filePositions, -1);
        Array.Fill(ReaderPositions, -1);
        var present = new List<int>();
        foreach (var ordinal in read)
        {
            filePositions[ordinal] = positionOf(ordinal);
            if (filePositions[ordinal] >= 0)
            {
                ReaderPositions[ordinal] = present.Count;
                present.Add(filePositions[ordinal]);
            }
        }
        Present = [.. present];
    }

    /// <summary>Columns of the file that are read.</summary>
    public int[] Present { get; }

    /// <summary>For each column of the table its place in <see cref="Present"/>, -1 for one that is not read or not there.</summary>
    public int[] ReaderPositions { get; }

    /// <summary>The position of a column of the table in the file, if it is read and there.</summary>
    public int? this[int ordinal] => filePositions[ordinal] is >= 0 and var position ? position : null;

    public long SizeIn(ParquetRowGroup group)
    {
        var bytes = 0L;
        foreach (var position in Present)
        {
            bytes += group.Columns[position].CompressedSize;
        }
        return bytes;
    }
}

/// <summary>A predicate of a scan with what indexes can be asked of it: worked out once a scan.</summary>
internal sealed class ScanPredicate
{
    /// <summary>A bloom filter lets one in a hundred pass: of many values one nearly always is.</summary>
    private const int MostEqualValues = 100;

    /// <param name="predicate">The predicate.</param>
    /// <param name="tableColumns">Columns of the table.</param>
    /// <param name="joinBound">Where it follows from a join.</param>
    public ScanPredicate(BoundExpression predicate, IReadOnlyList<PlanColumn> tableColumns, JoinBound? joinBound)
    {
        Predicate = predicate;
        JoinBound = joinBound;
        var columns = new HashSet<PlanColumn>();
        BoundExpressions.CollectColumns(predicate, columns);
        Ordinals = [.. Enumerable.Range(0, tableColumns.Count).Where(i => columns.Contains(tableColumns[i]))];
        IsSimple = Ordinals.Length > 0 && DictionaryTest.CanDecide(predicate);
        EqualValues = predicate switch
        {
            BoundComparison { Operator: ComparisonOperator.Equal, Left: BoundColumn, Right: BoundLiteral { Value.IsNull: false } literal } => [literal.Value],
            BoundComparison { Operator: ComparisonOperator.Equal, Right: BoundColumn, Left: BoundLiteral { Value.IsNull: false } literal } => [literal.Value],
            BoundIn { Negated: false, Operand: BoundColumn, Items.Count: <= MostEqualValues } list when list.Items.All(static item => item is BoundLiteral { Value.IsNull: false }) =>
                [.. list.Items.Select(static item => ((BoundLiteral)item).Value)],
            _ => [],
        };
    }

    public BoundExpression Predicate { get; }

    /// <summary>Set where the predicate follows from a join above: what it spares is counted, and it need not be applied.</summary>
    public JoinBound? JoinBound { get; }

    /// <summary>Columns of the table that it is about.</summary>
    public int[] Ordinals { get; }

    /// <summary>The only column that it is about; -1 when there are none or several.</summary>
    public int Ordinal => Ordinals.Length == 1 ? Ordinals[0] : -1;

    /// <summary>Whether it compares columns with constants: it cannot fail, and is the same whenever it is evaluated.</summary>
    public bool IsSimple { get; }

    /// <summary>Whether a dictionary of <see cref="Ordinal"/> tells that no row satisfies it.</summary>
    public bool IsDecidedByDictionary => IsSimple && Ordinals.Length == 1;

    /// <summary>Values one of which <see cref="Ordinal"/> must have for it to be true; empty when it says nothing of the kind.</summary>
    public Scalar[] EqualValues { get; }
}
