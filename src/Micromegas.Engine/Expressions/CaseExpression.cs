using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>A searched CASE: each condition and each result is evaluated only for the rows that reach it.</summary>
internal sealed unsafe class CaseExpression : VectorExpression
{
    private readonly VectorExpression[] conditions;
    private readonly VectorExpression[] results;
    private readonly VectorExpression? otherwise;
    private readonly Selection[] matched;
    private readonly CaseOutput output;
    private Selection rest = new();
    private Selection spare = new();
    private int capacity = Batch.MaxRows;

    public CaseExpression(DataType type, VectorExpression[] conditions, VectorExpression[] results, VectorExpression? otherwise)
        : base(type)
    {
        this.conditions = conditions;
        this.results = results;
        this.otherwise = otherwise;
        matched = new Selection[conditions.Length];
        for (var i = 0; i < matched.Length; i++)
        {
            matched[i] = new Selection();
        }
        output = CaseOutput.Create(type);
    }

    public override Vector Evaluate(Batch batch, Selection? selection)
    {
        EnsureCapacity(batch.RowCount);
        output.Begin(batch.RowCount);
        var open = selection;
        for (var i = 0; i < conditions.Length && open is not { Count: 0 }; i++)
        {
            if (conditions[i].Filter(batch, open, matched[i]) == 0)
            {
                continue;
            }
            output.Add(results[i].Evaluate(batch, matched[i]), matched[i]);
            var next = ReferenceEquals(open, rest) ? spare : rest;
            BooleanRows.Except(open, batch.RowCount, matched[i], next);
            open = next;
        }
        if (otherwise is not null && open is not { Count: 0 })
        {
            output.Add(otherwise.Evaluate(batch, open), open);
        }
        else
        {
            output.AddNull(open);
        }
        return output.End();
    }

    public override void Dispose()
    {
        base.Dispose();
        Dispose(conditions);
        Dispose(results);
        otherwise?.Dispose();
        Dispose(matched);
        rest.Dispose();
        spare.Dispose();
        output.Dispose();
    }

    private static void Dispose(IDisposable[] items)
    {
        foreach (var item in items)
        {
            item.Dispose();
        }
    }

    private void EnsureCapacity(int rowCount)
    {
        if (rowCount <= capacity)
        {
            return;
        }
        capacity = rowCount;
        Grow(ref rest);
        Grow(ref spare);
        for (var i = 0; i < matched.Length; i++)
        {
            Grow(ref matched[i]);
        }
    }

    private void Grow(ref Selection selection)
    {
        selection.Dispose();
        selection = new Selection(capacity);
    }
}
