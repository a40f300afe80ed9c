namespace Micromegas.Formats;

/// <summary>Wire types of the protobuf encoding.</summary>
public enum ProtobufWireType
{
    /// <summary>Variable-length integer.</summary>
    Varint = 0,

    /// <summary>Eight little-endian bytes.</summary>
    Fixed64 = 1,

    /// <summary>Length and bytes: strings, bytes, messages, packed scalars.</summary>
    LengthDelimited = 2,

    /// <summary>Start of a (deprecated) group.</summary>
    StartGroup = 3,

    /// <summary>End of a (deprecated) group.</summary>
    EndGroup = 4,

    /// <summary>Four little-endian bytes.</summary>
    Fixed32 = 5,
}
