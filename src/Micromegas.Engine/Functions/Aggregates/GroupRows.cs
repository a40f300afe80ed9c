using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>The rows an aggregate adds: the selected ones whose arguments are all present.</summary>
internal static unsafe class GroupRows
{
    /// <summary>Puts the rows into <paramref name="scratch"/>, or gives back <paramref name="selection"/> itself where nothing is null.</summary>
    public static Selection? Present(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount, ref Selection? scratch)
    {
        var mayHaveNulls = false;
        foreach (var argument in arguments)
        {
            mayHaveNulls |= argument.MayHaveNulls;
        }
        if (!mayHaveNulls)
        {
            return selection;
        }
        if (scratch is null || rowCount > Batch.MaxRows)
        {
            scratch?.Dispose();
            scratch = new Selection(Math.Max(rowCount, Batch.MaxRows));
        }
        var rows = scratch.Rows;
        var count = 0;
        foreach (var row in new RowSet(selection, rowCount, arguments.Length == 1 && IsPlain(arguments[0]) ? arguments[0].Validity : null))
        {
            var present = true;
            foreach (var argument in arguments)
            {
                present &= !argument.IsNull(row);
            }
            rows[count] = row;
            count += present ? 1 : 0;
        }
        scratch.Count = count;
        return scratch;
    }

    private static bool IsPlain(Vector vector) => vector is FlatVector or BitVector or BinaryVector;
}
