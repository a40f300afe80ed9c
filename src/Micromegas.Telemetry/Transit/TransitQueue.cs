using System.Buffers.Binary;
using System.Text;
using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Writes the records of a dependency or object buffer (spec/data-lake.md §4.3).</summary>
internal sealed class TransitQueue : IDisposable
{
    private readonly PooledBuffer buffer = new();
    private int sizeAt = -1;

    public int Length => buffer.Length;

    public ReadOnlySpan<byte> Bytes => buffer.WrittenSpan;

    public void Clear() => buffer.Clear();

    public void Dispose() => buffer.Dispose();

    /// <summary>Starts an instance of a fixed-size type; its members follow in layout order.</summary>
    public void BeginFixed(byte type) => buffer.Write(type);

    /// <summary>Starts an instance of a dynamic type; <see cref="EndDynamic"/> writes its length.</summary>
    public void BeginDynamic(byte type)
    {
        buffer.Write(type);
        sizeAt = buffer.Length;
        buffer.Append(4);
    }

    public void EndDynamic() =>
        BinaryPrimitives.WriteUInt32LittleEndian(buffer.WritableSpan[sizeAt..], (uint)(buffer.Length - sizeAt - 4));

    public void WriteByte(byte value) => buffer.Write(value);

    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(buffer.Append(4), value);

    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(buffer.Append(8), value);

    public void WriteInt64(long value) => BinaryPrimitives.WriteInt64LittleEndian(buffer.Append(8), value);

    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleLittleEndian(buffer.Append(8), value);

    /// <summary>Writes a DynString in UTF-8; unpaired surrogates become U+FFFD.</summary>
    public void WriteText(ReadOnlySpan<char> text)
    {
        buffer.Write(TransitText.Utf8Codec);
        int length = Encoding.UTF8.GetByteCount(text);
        WriteUInt32((uint)length);
        Encoding.UTF8.GetBytes(text, buffer.Append(length));
    }

    /// <summary>Writes UTF-8 whose length is that of the rest of the instance.</summary>
    public void WriteTail(ReadOnlySpan<char> text) => Encoding.UTF8.GetBytes(text, buffer.Append(Encoding.UTF8.GetByteCount(text)));

    /// <summary>Writes a DynBlob.</summary>
    public void WriteBlob(ReadOnlySpan<byte> bytes)
    {
        WriteUInt32((uint)bytes.Length);
        buffer.Write(bytes);
    }

    /// <summary>Writes a <c>StaticStringRef</c> or <c>StringId</c> image; readers use nothing but the id.</summary>
    public void WriteHandle(StringHandle handle, byte codec)
    {
        WriteUInt64(handle.Id);
        WriteUInt32(handle.Length);
        WriteUInt32(codec);
    }
}

/// <summary>A string dependency: its id and its length in UTF-8.</summary>
internal readonly record struct StringHandle(ulong Id, uint Length);
