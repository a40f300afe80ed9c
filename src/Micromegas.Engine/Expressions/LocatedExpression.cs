using Micromegas.Columnar;

namespace Micromegas.Engine.Expressions;

/// <summary>Gives the errors of an expression its place in the statement's text.</summary>
internal sealed class LocatedExpression(VectorExpression inner, TextPlace place) : VectorExpression(inner.Type)
{
    public VectorExpression Inner => inner;

    public override Vector Evaluate(Batch batch, Selection? selection)
    {
        try
        {
            return inner.Evaluate(batch, selection);
        }
        catch (EngineException error) when (error.Line == 0)
        {
            throw place.Locate(error);
        }
    }

    public override int Filter(Batch batch, Selection? selection, Selection result)
    {
        try
        {
            return inner.Filter(batch, selection, result);
        }
        catch (EngineException error) when (error.Line == 0)
        {
            throw place.Locate(error);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        inner.Dispose();
    }
}
