using Micromegas.Sql.Parsing;
using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Printing;

/// <summary>Windows.</summary>
internal sealed partial class Printer
{
    private void PrintWindowDefinition(WindowDefinition window)
    {
        Print(window.Name);
        Write(" AS ");
        PrintWindow(window.Window);
    }

    private void PrintWindow(Window window)
    {
        if (window is WindowName name)
        {
            Print(name.Name);
            return;
        }

        var specification = (WindowSpecification)window;
        Write("(");
        var start = _text.Length;
        if (specification.Base is not null)
            Print(specification.Base);
        if (!specification.PartitionBy.IsEmpty)
        {
            Write(" PARTITION BY ");
            PrintExpressions(specification.PartitionBy);
        }

        PrintOrderBy(specification.OrderBy);
        if (specification.Frame is not null)
        {
            Write(" ");
            PrintFrame(specification.Frame);
        }

        if (_text.Length > start && _text[start] == ' ')
            _text.Remove(start, 1);
        Write(")");
    }

    private void PrintFrame(WindowFrame frame)
    {
        Write(frame.Units.ToString().ToUpperInvariant());
        Write(frame.End is null ? " " : " BETWEEN ");
        PrintBound(frame.Start);
        if (frame.End is not null)
        {
            Write(" AND ");
            PrintBound(frame.End);
        }

        Write(frame.Exclusion switch
        {
            FrameExclusion.CurrentRow => " EXCLUDE CURRENT ROW",
            FrameExclusion.Group => " EXCLUDE GROUP",
            FrameExclusion.Ties => " EXCLUDE TIES",
            _ => "",
        });
    }

    private void PrintBound(FrameBound bound)
    {
        if (bound.Offset is not null)
            Print(bound.Offset, Precedence.Not + 1);
        Write(bound.Kind switch
        {
            FrameBoundKind.UnboundedPreceding => "UNBOUNDED PRECEDING",
            FrameBoundKind.Preceding => " PRECEDING",
            FrameBoundKind.CurrentRow => "CURRENT ROW",
            FrameBoundKind.Following => " FOLLOWING",
            _ => "UNBOUNDED FOLLOWING",
        });
    }
}
