using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>A function of one row's arguments. Instances are shared and without state.</summary>
public abstract class ScalarFunction
{
    protected ScalarFunction(string name, params string[] aliases)
    {
        Name = name;
        Aliases = aliases;
    }

    /// <summary>Name in lower case; operators by their sign (<c>+</c>, <c>||</c>, <c>~</c>).</summary>
    public string Name { get; }

    public IReadOnlyList<string> Aliases { get; }

    public virtual Volatility Volatility => Volatility.Immutable;

    /// <summary>Whether calls wait for something outside, so that they compile to an <see cref="AsyncVectorExpression"/>.</summary>
    public virtual bool IsAsync => false;

    /// <summary>Whether a call may fail on some value (then the optimizer must not move it to rows it would not have seen).</summary>
    public virtual bool MayFail => true;

    /// <summary>Arguments as documentation shows them, e.g. <c>(text, pattern [, flags])</c>.</summary>
    public virtual string Usage => "()";

    /// <summary>One sentence for the documentation.</summary>
    public virtual string Summary => "";

    /// <summary>Chooses types for a call.</summary>
    /// <exception cref="EngineException">No form of the function takes such arguments (42883, 42804 or 22023).</exception>
    public abstract FunctionSignature Resolve(FunctionArguments arguments);

    /// <summary>The kernel of a resolved call for one worker; the arguments have the signature's types.</summary>
    public abstract VectorExpression Compile(FunctionSignature signature, IReadOnlyList<VectorExpression> arguments, QueryContext context);
}
