using System.Diagnostics.CodeAnalysis;

namespace Micromegas.Formats;

/// <summary>Encoded bytes break the rules of their format: truncated, out of bounds, or over a size limit.</summary>
/// <remarks>Every decoder of this assembly reports bad input with this type and with no other.</remarks>
public sealed class CorruptDataException : FormatException
{
    /// <summary>Makes an exception without a position.</summary>
    public CorruptDataException()
    {
        Position = -1;
    }

    /// <summary>Makes an exception without a position.</summary>
    public CorruptDataException(string message) : base(message)
    {
        Position = -1;
    }

    /// <summary>Makes an exception without a position.</summary>
    public CorruptDataException(string message, Exception? innerException) : base(message, innerException)
    {
        Position = -1;
    }

    /// <summary>Makes an exception for the byte at <paramref name="position"/>.</summary>
    public CorruptDataException(string message, long position) : base($"{message} (at byte {position})")
    {
        Position = position;
    }

    /// <summary>Offset in the encoded bytes where the fault was noticed, −1 when it has no single place.</summary>
    public long Position { get; }

    [DoesNotReturn]
    internal static void Throw(string message, long position) => throw new CorruptDataException(message, position);
}
