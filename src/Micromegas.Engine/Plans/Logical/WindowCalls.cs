using Micromegas.Columnar;
using Micromegas.Engine.Functions;

namespace Micromegas.Engine.Plans.Logical;

/// <summary>Window calls that plans need for themselves.</summary>
internal static class WindowCalls
{
    /// <summary><c>row_number()</c>, <c>rank()</c> or <c>dense_rank()</c>.</summary>
    public static WindowCall Numbering(string function, PlanColumn column) => new(
        column, function, null, new FunctionSignature([], DataType.UInt64, false), new FunctionArguments([], [], []), [], null, false, false,
        new WindowFrame(FrameUnit.Rows, new FrameBound(FrameBoundKind.UnboundedPreceding), new FrameBound(FrameBoundKind.CurrentRow)));
}
