using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>What functions of JSONB take (spec/sql.md §1: "a JSONB argument is Binary or a dictionary of it").</summary>
internal static class JsonbAccept
{
    /// <summary>A JSONB document. NULL and other types are refused when the call is resolved, with the words upstream uses.</summary>
    public static FunctionSignature Signature(string name, FunctionArguments arguments, DataType result, params Parameter[] rest)
    {
        FunctionErrors.CheckCount(name, arguments, 1 + rest.Length, 1 + rest.Length);
        var types = new DataType[arguments.Count];
        types[0] = Document(name, arguments.Types[0]);
        for (var i = 0; i < rest.Length; i++)
        {
            types[i + 1] = rest[i](arguments.Types[i + 1]) ?? throw FunctionErrors.NoMatch(name, arguments);
        }
        return new FunctionSignature(types, result);
    }

    public static DataType Document(string name, DataType type) => type.ValueType.Kind is TypeKind.Binary or TypeKind.Jsonb or TypeKind.LargeBinary or TypeKind.BinaryView
        ? DataType.Jsonb
        : throw new EngineException(
            SqlState.InvalidParameterValue, $"{name}: unsupported input type, expected Binary or Dictionary<Int32, Binary>, got {type}");
}
