using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>The operand's values under another type of the same storage: looks at its memory, copies nothing.</summary>
internal sealed unsafe class RelabelExpression(DataType type, VectorExpression operand) : VectorExpression(type)
{
    private Vector? alias;
    private Vector? constantOf;
    private ConstantVector? constant;

    public override Vector Evaluate(Batch batch, Selection? selection)
    {
        var vector = operand.Evaluate(batch, selection);
        switch (vector)
        {
            case FlatVector flat:
                var sameFlat = alias as FlatVector;
                if (sameFlat is null || sameFlat.ElementSize != flat.ElementSize)
                {
                    alias?.Dispose();
                    alias = sameFlat = FlatVector.Create(Type);
                }
                sameFlat.Attach(flat.Data, flat.Length);
                break;
            case BinaryVector bytes:
                if (alias is not BinaryVector)
                {
                    alias?.Dispose();
                    alias = BinaryVector.Create(Type);
                }
                ((BinaryVector)alias).Attach(bytes.Offsets, bytes.Bytes, bytes.Length);
                break;
            case DictionaryVector dictionary:
                return Attach(dictionary, batch.RowCount);
            case ConstantVector single:
                return Attach(single, batch.RowCount);
            default:
                return vector;
        }
        alias!.AttachValidity(vector.Validity);
        return alias;
    }

    public override int Filter(Batch batch, Selection? selection, Selection result) => operand.Filter(batch, selection, result);

    public override void Dispose()
    {
        base.Dispose();
        operand.Dispose();
        alias?.Dispose();
        constant?.Dispose();
    }

    private DictionaryVector Attach(DictionaryVector source, int rowCount)
    {
        if (alias is not DictionaryVector same)
        {
            alias?.Dispose();
            alias = same = new DictionaryVector(Type, source.Values);
        }
        var runs = source.Runs;
        if (runs.Length > 0 && source.Validity == null)
        {
            fixed (DictionaryRun* first = runs)
            {
                same.AttachRuns(source.Values, first, runs.Length, rowCount);
            }
        }
        else
        {
            same.Attach(source.Values, source.Codes, rowCount);
            same.AttachValidity(source.Validity);
        }
        return same;
    }

    private ConstantVector Attach(ConstantVector source, int rowCount)
    {
        if (constant is null || !ReferenceEquals(constantOf, source.Value))
        {
            constant?.Dispose();
            constantOf = source.Value;
            using var builder = VectorBuilder.Create(Type.ValueType, 1);
            builder.Append(source.Value, 0);
            var value = builder.Build();
            value.Relabel(Type);
            constant = new ConstantVector(value, rowCount);
        }
        constant.SetLength(rowCount);
        return constant;
    }
}
