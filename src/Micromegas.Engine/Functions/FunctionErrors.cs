namespace Micromegas.Engine.Functions;

/// <summary>Refusals of calls while planning.</summary>
internal static class FunctionErrors
{
    /// <summary>No form of the function takes these arguments.</summary>
    public static EngineException NoMatch(string name, FunctionArguments arguments) => new(
        SqlState.UndefinedFunction,
        $"No function matches the given name and argument types '{name}({string.Join(", ", arguments.Types)})'.");

    /// <summary>Checks the number of arguments.</summary>
    public static void CheckCount(string name, FunctionArguments arguments, int least, int most)
    {
        if (arguments.Count < least || arguments.Count > most)
        {
            throw new EngineException(
                SqlState.UndefinedFunction,
                least == most
                    ? $"Function '{name}' expects {least} arguments but received {arguments.Count}."
                    : $"Function '{name}' expects {least} to {(most == int.MaxValue ? "any number of" : most)} arguments but received {arguments.Count}.");
        }
    }

    /// <summary>A constant argument that is no use.</summary>
    public static EngineException BadArgument(string message, string? hint = null) => new(SqlState.InvalidParameterValue, message) { Hint = hint };
}
