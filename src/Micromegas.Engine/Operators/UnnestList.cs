using Micromegas.Columnar;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators;

/// <summary>One of the lists that an <see cref="UnnestStage"/> takes apart.</summary>
internal sealed unsafe class UnnestList : IDisposable
{
    private readonly CompiledExpression expression;
    private readonly AccessScratch scratch = new();
    private readonly NativeList<int> rows = new();
    private readonly VectorTaker taker;
    private readonly NullColumn nulls;
    private VectorAccess access;
    private ListVector? lists;
    private int first;

    public UnnestList(CompiledExpression expression, DataType itemType)
    {
        this.expression = expression;
        taker = new VectorTaker(itemType);
        nulls = new NullColumn(itemType);
    }

    /// <summary>Items of the row entered last.</summary>
    public int Length { get; private set; }

    public void Evaluate(Batch batch)
    {
        access = VectorAccess.Of(expression.Evaluate(batch, batch.Selection), scratch);
        lists = access.Plain as ListVector;
    }

    /// <summary>Goes to a row; gives its number of items.</summary>
    public int Enter(int row)
    {
        if (lists is null || access.IsNull(row))
        {
            return Length = 0;
        }
        var index = access.IndexOf(row);
        first = lists.Offsets[index];
        return Length = lists.Offsets[index + 1] - first;
    }

    public void Clear() => rows.Count = 0;

    /// <summary>Adds items of the row entered, NULL behind the last.</summary>
    public void Add(int start, int count)
    {
        rows.EnsureCapacity(rows.Count + count);
        for (var i = start; i < start + count; i++)
        {
            rows.Add(i < Length ? first + i : -1);
        }
    }

    /// <summary>The items added since <see cref="Clear"/>.</summary>
    public Vector Take(int count) => lists is { Items.Length: > 0 } ? taker.Take(lists.Items, rows.Items, count) : nulls.Take(count);

    public void Dispose()
    {
        expression.Dispose();
        scratch.Dispose();
        rows.Dispose();
        taker.Dispose();
        nulls.Dispose();
    }
}
