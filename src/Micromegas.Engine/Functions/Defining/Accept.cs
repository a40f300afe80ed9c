using Micromegas.Columnar;

namespace Micromegas.Engine.Functions;

/// <summary>What a parameter takes: the type an argument is cast to, or null when it is refused.</summary>
internal delegate DataType? Parameter(DataType argument);

/// <summary>Kinds of parameters, and signatures made of them (spec/sql.md §5.7, function arguments).</summary>
internal static class Accept
{
    /// <summary>Texts, also dictionary-coded.</summary>
    public static readonly Parameter Text = static type => type.ValueType.IsUtf8 || type.Kind == TypeKind.Null ? DataType.Utf8 : null;

    /// <summary>Texts, and anything else as its text: what upstream's functions of fixed text signatures take (length, left, lpad, regexp_replace …).</summary>
    public static readonly Parameter AnyText = static type => Text!(type) ?? AsText!(type);

    /// <summary>Texts and binaries, as bytes.</summary>
    public static readonly Parameter Bytes = static type =>
        type.ValueType.IsUtf8 || type.ValueType.IsBinary || type.Kind == TypeKind.Null ? DataType.Binary : null;

    /// <summary>Integers that fit Int64.</summary>
    public static readonly Parameter Int64 = static type =>
        (type.ValueType.IsInteger && type.ValueType.Kind != TypeKind.UInt64) || type.Kind == TypeKind.Null ? DataType.Int64 : null;

    /// <summary>Numbers as Float64.</summary>
    public static readonly Parameter Float64 = static type => type.ValueType.IsNumeric || type.Kind == TypeKind.Null ? DataType.Float64 : null;

    /// <summary>Numbers as Float64; Float32 stays.</summary>
    public static readonly Parameter Float = static type =>
        type.ValueType.Kind is TypeKind.Float32 or TypeKind.Float16 ? DataType.Float32 : Float64!(type);

    public static readonly Parameter UInt32 = static type => type.ValueType.Kind is TypeKind.UInt32 or TypeKind.Null ? DataType.UInt32 : null;

    public static readonly Parameter Boolean = static type => type.ValueType.Kind is TypeKind.Boolean or TypeKind.Null ? DataType.Boolean : null;

    /// <summary>Whatever comes, as it comes.</summary>
    public static readonly Parameter Any = static type => type;

    /// <summary>Whatever has a text form, as text.</summary>
    public static readonly Parameter AsText = static type => Expressions.CastRules.CanCast(type, DataType.Utf8) ? DataType.Utf8 : null;

    /// <summary>Text where both have a text form.</summary>
    public static DataType? TextOf(DataType a, DataType b) => AsText(a) is { } text && AsText(b) is not null ? text : null;

    /// <summary>A signature with a fixed result; parameters past <paramref name="required"/> may be left out.</summary>
    public static Func<FunctionArguments, FunctionSignature> Fixed(string name, DataType result, int required, params Parameter[] parameters) =>
        arguments => Match(name, arguments, required, parameters, _ => result);

    /// <summary>A signature whose result is of the text kind of the first argument (spec/sql.md §5.12).</summary>
    public static Func<FunctionArguments, FunctionSignature> SameText(string name, int required, params Parameter[] parameters) =>
        arguments => Match(name, arguments, required, parameters, _ => TextKind(arguments.Types[0]));

    /// <summary>A signature whose result has the type the first argument is cast to.</summary>
    public static Func<FunctionArguments, FunctionSignature> SameType(string name, int required, params Parameter[] parameters) =>
        arguments => Match(name, arguments, required, parameters, static types => types[0]);

    public static FunctionSignature Match(
        string name, FunctionArguments arguments, int required, Parameter[] parameters, Func<IReadOnlyList<DataType>, DataType> result)
    {
        FunctionErrors.CheckCount(name, arguments, required, parameters.Length);
        var types = new DataType[arguments.Count];
        for (var i = 0; i < types.Length; i++)
        {
            types[i] = parameters[i](arguments.Types[i]) ?? throw FunctionErrors.NoMatch(name, arguments);
        }
        return new FunctionSignature(types, result(types));
    }

    /// <summary>The text kind of a result: of a dictionary it is Utf8View, as upstream's kernels make it.</summary>
    public static DataType TextKind(DataType argument) => argument.Kind switch
    {
        TypeKind.Dictionary or TypeKind.Utf8View => DataType.Utf8View,
        TypeKind.LargeUtf8 => DataType.LargeUtf8,
        _ => DataType.Utf8,
    };
}
