using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Functions;
using Micromegas.Engine.Operators.Rows;
using Micromegas.Engine.Plans;

namespace Micromegas.Engine.Operators;

/// <summary>What an <see cref="UnnestStage"/> makes rows of: the items of one expression's lists.</summary>
internal abstract class UnnestItems : IDisposable
{
    /// <summary>Items of the row entered last.</summary>
    public long Length { get; protected set; }

    public static UnnestItems Create(BoundExpression list, DataType itemType, IReadOnlyList<PlanColumn> input, QueryContext context) =>
        list is BoundCall { Function: RangeFunction range } call && itemType.Kind == TypeKind.Int64
            ? new UnnestSeries(range, CompiledExpression.Compile(call.Arguments, input, context))
            : new UnnestList(new CompiledExpression(list, input, context), itemType);

    public abstract void Evaluate(Batch batch);

    /// <summary>Goes to a row; gives its number of items.</summary>
    public abstract long Enter(int row);

    public abstract void Clear();

    /// <summary>Adds items of the row entered, NULL behind the last.</summary>
    public abstract void Add(long start, int count);

    /// <summary>The items added since <see cref="Clear"/>.</summary>
    public abstract Vector Take(int count);

    public virtual void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>Lists that are values of the input's rows.</summary>
internal sealed unsafe class UnnestList : UnnestItems
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

    public override void Evaluate(Batch batch)
    {
        access = VectorAccess.Of(expression.Evaluate(batch, batch.Selection), scratch);
        lists = access.Plain as ListVector;
    }

    public override long Enter(int row)
    {
        if (lists is null || access.IsNull(row))
        {
            return Length = 0;
        }
        var index = access.IndexOf(row);
        first = lists.Offsets[index];
        return Length = lists.Offsets[index + 1] - first;
    }

    public override void Clear() => rows.Count = 0;

    public override void Add(long start, int count)
    {
        rows.EnsureCapacity(rows.Count + count);
        for (var i = start; i < start + count; i++)
        {
            rows.Add(i < Length ? first + (int)i : -1);
        }
    }

    public override Vector Take(int count) => lists is { Items.Length: > 0 } ? taker.Take(lists.Items, rows.Items, count) : nulls.Take(count);

    public override void Dispose()
    {
        base.Dispose();
        expression.Dispose();
        scratch.Dispose();
        rows.Dispose();
        taker.Dispose();
        nulls.Dispose();
    }
}
