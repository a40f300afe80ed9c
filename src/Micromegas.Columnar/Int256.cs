using System.Numerics;
using System.Runtime.InteropServices;

namespace Micromegas.Columnar;

/// <summary>The 256-bit two's complement integer behind Decimal256, least significant word first. Arithmetic goes through <see cref="BigInteger"/>.</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
public readonly record struct Int256(ulong Word0, ulong Word1, ulong Word2, long Word3) : IComparable<Int256>
{
    public static Int256 FromBigInteger(BigInteger value)
    {
        Span<byte> bytes = stackalloc byte[32];
        bytes.Fill(value.Sign < 0 ? (byte)0xff : (byte)0);
        if (!value.TryWriteBytes(bytes, out _))
        {
            throw new OverflowException("The number does not fit 256 bits.");
        }
        return MemoryMarshal.Read<Int256>(bytes);
    }

    public BigInteger ToBigInteger() => new(MemoryMarshal.AsBytes(new ReadOnlySpan<Int256>(in this)));

    public int CompareTo(Int256 other)
    {
        var order = Word3.CompareTo(other.Word3);
        if (order == 0)
        {
            order = Word2.CompareTo(other.Word2);
        }
        if (order == 0)
        {
            order = Word1.CompareTo(other.Word1);
        }
        return order != 0 ? order : Word0.CompareTo(other.Word0);
    }

    public static bool operator <(Int256 left, Int256 right) => left.CompareTo(right) < 0;

    public static bool operator <=(Int256 left, Int256 right) => left.CompareTo(right) <= 0;

    public static bool operator >(Int256 left, Int256 right) => left.CompareTo(right) > 0;

    public static bool operator >=(Int256 left, Int256 right) => left.CompareTo(right) >= 0;
}
