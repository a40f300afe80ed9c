using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Expressions;

/// <summary>
/// Evaluates arguments and hands them to a <see cref="Kernel"/>. Constants are computed once; when one argument is dictionary-coded and the
/// others are constant, the kernel runs on the dictionary's values, once per dictionary, and the result shares the codes.
/// </summary>
internal sealed unsafe class KernelExpression : VectorExpression
{
    /// <summary>A dictionary with more values than this and than eight times the rows at hand is not worth computing as a whole.</summary>
    private const int LargeDictionary = 16384;

    private readonly Kernel kernel;
    private readonly VectorExpression[] arguments;

    /// <summary>Whether the arguments are there without computing.</summary>
    private readonly bool isOverColumns;
    private readonly Vector[] vectors;
    private readonly Vector[] single;
    private readonly Vector?[] singleFrom;

    private Vector? rows;
    private ConstantVector? constant;
    private ConstantVector? nullResult;
    private Vector? dictionaryOf;
    private Vector? failedDictionary;
    private Vector? dictionaryValues;
    private DictionaryVector? dictionary;
    private Vector? refusedDictionary;
    private long refusedRows;

    public KernelExpression(Kernel kernel, params VectorExpression[] arguments)
        : this(kernel.Type, kernel, arguments)
    {
    }

    /// <param name="type">The kernel's type, or a dictionary type over it.</param>
    /// <param name="kernel">What computes.</param>
    /// <param name="arguments">What it computes on.</param>
    public KernelExpression(DataType type, Kernel kernel, VectorExpression[] arguments)
        : base(type)
    {
        this.kernel = kernel;
        this.arguments = arguments;
        vectors = new Vector[arguments.Length];
        single = new Vector[arguments.Length];
        singleFrom = new Vector?[arguments.Length];
        isOverColumns = Array.TrueForAll(arguments, static argument => argument is ColumnExpression or LiteralExpression);
    }

    public override Vector Evaluate(Batch batch, Selection? selection)
    {
        if (selection is { Count: 0 })
        {
            return NullResult(batch.RowCount);
        }
        var shape = EvaluateArguments(batch, selection);
        Interruption.ThrowIfRequested();
        if (shape == Shape.Constant)
        {
            return ComputeConstant(batch.RowCount);
        }
        if (shape >= 0 && ComputeDictionary((int)shape, selection?.Count ?? batch.RowCount))
        {
            return Attach((DictionaryVector)vectors[(int)shape], batch.RowCount);
        }
        return rows = kernel.Compute(vectors, selection, batch.RowCount, rows);
    }

    public override int Filter(Batch batch, Selection? selection, Selection result)
    {
        if (selection is { Count: 0 } || batch.RowCount == 0)
        {
            return BooleanRows.None(result);
        }
        var shape = EvaluateArguments(batch, selection);
        Interruption.ThrowIfRequested();
        if (shape == Shape.Constant)
        {
            return BooleanRows.Select(ComputeConstant(batch.RowCount), selection, batch.RowCount, result);
        }
        if (shape >= 0 && ComputeDictionary((int)shape, selection?.Count ?? batch.RowCount))
        {
            return BooleanRows.Select(Attach((DictionaryVector)vectors[(int)shape], batch.RowCount), selection, batch.RowCount, result);
        }
        var count = kernel.Filter(vectors, selection, batch.RowCount, result);
        if (count >= 0)
        {
            return count;
        }
        rows = kernel.Compute(vectors, selection, batch.RowCount, rows);
        return BooleanRows.Select(rows, selection, batch.RowCount, result);
    }

    internal override bool TryKeep(Batch batch, ulong* mask)
    {
        if (!isOverColumns || batch.RowCount == 0)
        {
            return false;
        }
        var shape = EvaluateArguments(batch, null);
        if (shape >= 0)
        {
            return ComputeDictionary((int)shape, batch.RowCount) && BooleanRows.TryKeep(Attach((DictionaryVector)vectors[(int)shape], batch.RowCount), batch.RowCount, mask);
        }
        return shape == Shape.Rows && kernel.TryKeep(vectors, batch.RowCount, mask);
    }

    public override void Dispose()
    {
        base.Dispose();
        foreach (var argument in arguments)
        {
            argument.Dispose();
        }
        rows?.Dispose();
        constant?.Dispose();
        nullResult?.Dispose();
        dictionary?.Dispose();
        dictionaryValues?.Dispose();
        kernel.Dispose();
    }

    /// <summary>How the arguments came: all constant, or the ordinal of the only dictionary beside constants, or anything else.</summary>
    private enum Shape
    {
        Constant = -1,
        Rows = -2,
    }

    private Shape EvaluateArguments(Batch batch, Selection? selection)
    {
        var shape = Shape.Constant;
        for (var i = 0; i < arguments.Length; i++)
        {
            var vector = arguments[i].Evaluate(batch, selection);
            vectors[i] = vector;
            if (vector is not ConstantVector)
            {
                shape = shape == Shape.Constant && vector is DictionaryVector ? (Shape)i : Shape.Rows;
            }
        }
        return kernel.IsDeterministic ? shape : Shape.Rows;
    }

    private ConstantVector ComputeConstant(int rowCount)
    {
        var isSame = constant is not null;
        for (var i = 0; i < vectors.Length; i++)
        {
            var value = ((ConstantVector)vectors[i]).Value;
            isSame &= ReferenceEquals(singleFrom[i], value);
            singleFrom[i] = value;
            single[i] = vectors[i];
        }
        if (!isSame)
        {
            var value = kernel.Compute(single, null, 1, null);
            constant?.Dispose();
            constant = new ConstantVector(value, rowCount);
            dictionaryOf = null;
        }
        constant!.SetLength(rowCount);
        return constant;
    }

    /// <summary>Computes the dictionary's values unless that is done; false when rows must be computed after all.</summary>
    private bool ComputeDictionary(int ordinal, int selected)
    {
        var coded = (DictionaryVector)vectors[ordinal];
        if (coded.Validity != null && !kernel.PropagatesNulls)
        {
            return false;
        }
        var source = coded.Values;
        var isSame = ReferenceEquals(dictionaryOf, source);
        for (var i = 0; i < vectors.Length; i++)
        {
            if (i == ordinal)
            {
                single[i] = source;
                continue;
            }
            var value = ((ConstantVector)vectors[i]).Value;
            isSame &= ReferenceEquals(singleFrom[i], value);
            singleFrom[i] = value;
            single[i] = vectors[i];
        }
        if (isSame)
        {
            return !ReferenceEquals(failedDictionary, source);
        }
        dictionaryOf = null;
        failedDictionary = null;
        constant?.Dispose();
        constant = null;
        if (!ReferenceEquals(refusedDictionary, source))
        {
            refusedDictionary = source;
            refusedRows = 0;
        }
        // A large dictionary of which some rows were computed for themselves is likely to have many more.
        refusedRows += selected;
        if (source.Length == 0 || (source.Length > LargeDictionary && source.Length > 8 * refusedRows))
        {
            return false;
        }
        Vector computed;
        try
        {
            computed = kernel.Compute(single, null, source.Length, null);
        }
        catch (EngineException)
        {
            // Some value cannot be computed, but perhaps no row uses it: row by row, the error comes up if it counts.
            dictionaryOf = source;
            failedDictionary = source;
            return false;
        }
        dictionaryOf = source;
        dictionaryValues?.Dispose();
        dictionaryValues = computed;
        return true;
    }

    private DictionaryVector Attach(DictionaryVector source, int rowCount)
    {
        dictionary ??= new DictionaryVector(Type, dictionaryValues!);
        var runs = source.Runs;
        if (runs.Length > 0 && source.Validity == null)
        {
            fixed (DictionaryRun* first = runs)
            {
                dictionary.AttachRuns(dictionaryValues!, first, runs.Length, rowCount);
            }
        }
        else
        {
            dictionary.Attach(dictionaryValues!, source.Codes, rowCount);
            dictionary.AttachValidity(source.Validity);
        }
        return dictionary;
    }

    private ConstantVector NullResult(int rowCount)
    {
        nullResult ??= NullConstant.Create(Type, rowCount);
        nullResult.SetLength(rowCount);
        return nullResult;
    }
}
