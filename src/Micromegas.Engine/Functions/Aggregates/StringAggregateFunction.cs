using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>string_agg(x, separator)</c>: texts joined; nulls are left out, no text gives null.</summary>
internal sealed class StringAggregateFunction() : AggregateFunction("string_agg", "listagg")
{
    public override string Usage => "([DISTINCT] x, separator [ORDER BY …])";

    public override string Summary => "The texts, joined by a constant separator.";

    public override bool IsOrderSensitive => true;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, 2);
        if (arguments.Count == 2 && arguments.Constants[1] is null)
        {
            throw FunctionErrors.BadArgument("The separator of string_agg must be constant.");
        }
        var text = DataType.LargeUtf8;
        return new FunctionSignature(arguments.Count == 2 ? [text, text] : [text], text);
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context) =>
        new TextAccumulator(arguments.Count == 2 ? Encoding.UTF8.GetBytes(arguments.Constants[1]!.Value as string ?? "") : []);
}

internal sealed unsafe class TextAccumulator(byte[] separator) : Accumulator
{
    private readonly GroupItems<byte> texts = new();

    public override IReadOnlyList<DataType> StateTypes { get; } = [DataType.LargeUtf8];

    public override long MemoryBytes => texts.Bytes;

    public override void Resize(int groupCount) => texts.Resize(groupCount);

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount) =>
        Add(arguments[0], groups, selection, rowCount);

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount) =>
        Add(arguments[0], null, selection, rowCount);

    public override Vector[] ExportState(int start, int count) => [Finish(start, count)];

    public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount) => Add(state[0], groups, null, rowCount);

    public override Vector Finish(int start, int count)
    {
        using var builder = new BinaryVectorBuilder(DataType.LargeUtf8);
        for (var group = start; group < start + count; group++)
        {
            if (texts.IsSet(group))
            {
                builder.Append(texts[group]);
            }
            else
            {
                builder.AppendNull();
            }
        }
        return builder.Build();
    }

    public override void Dispose()
    {
        base.Dispose();
        texts.Dispose();
    }

    private void Add(Vector vector, int* groups, Selection? selection, int rowCount)
    {
        var reader = new BytesReader(vector);
        foreach (var row in new RowSet(selection, rowCount, null))
        {
            if (!vector.IsNull(row))
            {
                Append(groups == null ? 0 : groups[row], reader[row]);
            }
        }
    }

    private void Append(int group, ReadOnlySpan<byte> value)
    {
        if (texts.IsSet(group))
        {
            texts.Append(group, separator);
        }
        texts.Append(group, value);
    }
}
