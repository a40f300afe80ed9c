namespace Micromegas.Golden.Types;

/// <summary>
/// A column type as answers are compared: dictionaries are their value type, the several layouts of text, of bytes and of lists are one,
/// and nullability and item names, which the recorded files give for information only, are left out.
/// </summary>
/// <param name="Kind">How values are read.</param>
/// <param name="Name">The type in the words of <c>arrow_typeof</c>; two types are equal when these are.</param>
/// <param name="Scale">Digits after the point of a decimal.</param>
/// <param name="Fields">Items of a list, fields of a struct, key and value of a map.</param>
internal sealed record GoldenType(GoldenKind Kind, string Name, int Scale = 0, params GoldenField[] Fields)
{
    public bool Equals(GoldenType? other) => other is not null && Name == other.Name;

    public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Name;

    public static GoldenType ListOf(GoldenType item, int? fixedSize = null) => new(
        GoldenKind.List,
        fixedSize is { } size ? $"FixedSizeList({size} x {item.Name})" : $"List({item.Name})",
        0,
        new GoldenField("item", item));

    public static GoldenType StructOf(params GoldenField[] fields) => new(
        GoldenKind.Struct,
        $"Struct({string.Join(", ", fields.Select(field => $"\"{field.Name}\": {field.Type.Name}"))})",
        0,
        fields);

    public static GoldenType MapOf(GoldenType key, GoldenType value) => new(
        GoldenKind.Map,
        $"Map({key.Name}, {value.Name})",
        0,
        new GoldenField("key", key),
        new GoldenField("value", value));

    public static GoldenType DecimalOf(int bits, int precision, int scale) =>
        new(GoldenKind.Decimal, $"Decimal{bits}({precision}, {scale})", scale);
}

/// <summary>A named part of a nested type.</summary>
internal sealed record GoldenField(string Name, GoldenType Type);
