namespace Micromegas.Sql.Syntax;

/// <summary>A type as written in a cast, a column definition or a typed literal (spec/sql.md §5.6). Names are resolved by the binder.</summary>
public abstract record SqlTypeName : SyntaxNode;

/// <summary>A named type with optional arguments: <c>DECIMAL(10, 2)</c>, <c>TIMESTAMP(3) WITH TIME ZONE</c>, <c>INT UNSIGNED</c>.</summary>
/// <param name="Name">
/// The name in upper case, words separated by one blank (<c>DOUBLE PRECISION</c>, <c>CHARACTER VARYING</c>);
/// quoted and qualified names as written, parts separated by dots.
/// </param>
/// <param name="Arguments">The numbers in parentheses.</param>
public sealed record SimpleTypeName(string Name, SyntaxList<long> Arguments) : SqlTypeName
{
    /// <summary>Whether <c>UNSIGNED</c> follows.</summary>
    public bool Unsigned { get; init; }

    /// <summary>What <c>WITH TIME ZONE</c> or <c>WITHOUT TIME ZONE</c> says.</summary>
    public TimeZoneSuffix TimeZone { get; init; }
}

/// <summary>The time zone words behind a type name.</summary>
public enum TimeZoneSuffix
{
    /// <summary>Nothing was written.</summary>
    None,

    /// <summary><c>WITH TIME ZONE</c>.</summary>
    With,

    /// <summary><c>WITHOUT TIME ZONE</c>.</summary>
    Without,
}

/// <summary><c>T[]</c>, <c>T[n]</c>, <c>ARRAY&lt;T&gt;</c>.</summary>
/// <param name="Element">The element type; null for a bare <c>ARRAY</c>.</param>
/// <param name="Size">The fixed length of <c>T[n]</c>.</param>
public sealed record ArrayTypeName(SqlTypeName? Element, long? Size) : SqlTypeName;

/// <summary><c>STRUCT&lt;a INT, b TEXT&gt;</c> or <c>STRUCT(a INT, b TEXT)</c>.</summary>
/// <param name="Fields">The fields.</param>
public sealed record StructTypeName(SyntaxList<StructTypeField> Fields) : SqlTypeName;

/// <summary>A field of a struct type.</summary>
/// <param name="Name">Its name; null where only the type is given (then <c>c0</c>, <c>c1</c>, …).</param>
/// <param name="Type">Its type.</param>
public sealed record StructTypeField(Identifier? Name, SqlTypeName Type) : SyntaxNode;

/// <summary><c>MAP&lt;K, V&gt;</c> or <c>MAP(K, V)</c>.</summary>
/// <param name="Key">The key type.</param>
/// <param name="Value">The value type.</param>
public sealed record MapTypeName(SqlTypeName Key, SqlTypeName Value) : SqlTypeName;
