namespace Micromegas.Formats;

/// <summary>Kinds of JSONB values; the numbers are the type bits of an entry word (spec/sql.md §2.1).</summary>
public enum JsonbKind
{
    /// <summary>null.</summary>
    Null = 0,

    /// <summary>UTF-8 text.</summary>
    String = 1,

    /// <summary>A number of any form of §2.2.</summary>
    Number = 2,

    /// <summary>false.</summary>
    False = 3,

    /// <summary>true.</summary>
    True = 4,

    /// <summary>An array.</summary>
    Array = 8,

    /// <summary>An object with members sorted by key.</summary>
    Object = 9,

    /// <summary>A date, time stamp, interval or binary value of §2.3, which Micromegas never writes.</summary>
    Extension = 6,
}

internal static class JsonbLayout
{
    public const int MaxDepth = 512;
    public const uint ArrayHeader = 0x80000000;
    public const uint ObjectHeader = 0x40000000;
    public const uint ScalarHeader = 0x20000000;
    public const uint HeaderKindMask = 0xE0000000;
    public const uint CountMask = 0x1FFFFFFF;
    public const uint LengthMask = 0x0FFFFFFF;
    public const int TypeShift = 28;
    public const uint TypeMask = 7;
    public const uint ContainerType = 5;

    public const byte Zero = 0x00;
    public const byte NotANumber = 0x10;
    public const byte PositiveInfinity = 0x20;
    public const byte NegativeInfinity = 0x30;
    public const byte Signed = 0x40;
    public const byte Unsigned = 0x50;
    public const byte Double = 0x60;
    public const byte Decimal = 0x70;
}
