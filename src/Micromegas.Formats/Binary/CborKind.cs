namespace Micromegas.Formats;

/// <summary>Kind of the next CBOR data item, after its tags.</summary>
public enum CborKind
{
    /// <summary>Major type 0, or tag 2.</summary>
    UnsignedInteger,

    /// <summary>Major type 1, or tag 3.</summary>
    NegativeInteger,

    /// <summary>Major type 2.</summary>
    ByteString,

    /// <summary>Major type 3.</summary>
    TextString,

    /// <summary>Major type 4.</summary>
    Array,

    /// <summary>Major type 5.</summary>
    Map,

    /// <summary>false or true.</summary>
    Boolean,

    /// <summary>null or undefined.</summary>
    Null,

    /// <summary>Half, single or double precision number.</summary>
    Float,

    /// <summary>Another simple value.</summary>
    Simple,
}
