using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Binding;

/// <summary>Arguments by name, <c>substr(str => 'abc', start_pos => 2)</c>: those without a name come first and count by their place.</summary>
internal static class NamedArguments
{
    /// <summary>Names that upstream gives parameters which are documented under others here.</summary>
    private static readonly Dictionary<string, string[]> Upstream = new(StringComparer.Ordinal)
    {
        ["substr"] = ["str", "start_pos", "length"],
        ["substring"] = ["str", "start_pos", "length"],
        ["percentile_cont"] = ["percentile"],
        ["quantile_cont"] = ["percentile"],
        ["lag"] = ["expr", "offset", "default"],
        ["lead"] = ["expr", "offset", "default"],
    };

    /// <summary>The arguments in the order of the function's parameters.</summary>
    /// <param name="call">The call.</param>
    /// <param name="usage">The parameters as documentation shows them: <c>(text, start [, length])</c>.</param>
    /// <param name="errors">Says where a mistake is.</param>
    public static SyntaxList<FunctionArgument> InOrder(FunctionCall call, string usage, BindingError errors)
    {
        if (call.Arguments.All(static argument => argument.Name is null))
        {
            return call.Arguments;
        }
        var function = call.Name.Last.Value;
        var names = ParametersOf(usage);
        var ordered = new SortedDictionary<int, FunctionArgument>();
        var named = false;
        for (var i = 0; i < call.Arguments.Count; i++)
        {
            var argument = call.Arguments[i];
            if (named && argument.Name is null)
            {
                throw errors.At(argument, SqlState.SyntaxError, "An argument without a name follows one with a name.", "Arguments by position come first.");
            }
            named |= argument.Name is not null;
            var ordinal = argument.Name is null ? i : OrdinalOf(argument.Name.Value);
            if (ordinal < 0)
            {
                throw errors.At(argument, SqlState.UndefinedFunction, $"'{function}' has no parameter '{argument.Name!.Value}'.",
                    names.Count == 0 ? "Give the arguments by position." : BindingError.Candidates([function + usage]));
            }
            if (!ordered.TryAdd(ordinal, argument with { Name = null }))
            {
                throw errors.At(argument, SqlState.SyntaxError, $"The parameter '{argument.Name?.Value}' of '{function}' is given twice.", "Once is enough.");
            }
        }
        return ordered.Keys.SequenceEqual(Enumerable.Range(0, ordered.Count))
            ? [.. ordered.Values]
            : throw errors.At(call, SqlState.UndefinedFunction, $"An argument of '{function}' is missing before the last one that is named.", BindingError.Candidates([function + usage]));

        int OrdinalOf(string name)
        {
            var own = names.FindIndex(parameter => string.Equals(parameter, name, StringComparison.Ordinal));
            return own < 0 && Upstream.TryGetValue(function, out var others) ? Array.IndexOf(others, name) : own;
        }
    }

    /// <summary>The names in the first parentheses, up to the first part that is none.</summary>
    private static List<string> ParametersOf(string usage)
    {
        var end = usage.IndexOf(')', StringComparison.Ordinal);
        if (!usage.StartsWith('(') || end < 0)
        {
            return [];
        }
        var names = usage[1..end].Replace("[", "", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal)
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToList();
        var known = names.FindIndex(static name => !name.All(static c => char.IsAsciiLetterOrDigit(c) || c == '_'));
        return known < 0 ? names : names[..known];
    }
}
