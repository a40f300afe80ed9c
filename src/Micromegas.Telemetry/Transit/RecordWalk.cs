using System.Buffers.Binary;
using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Walks the records of a dependency or object buffer (spec/data-lake.md §4.3).</summary>
internal ref struct RecordWalk(TypeLayout[] types, ReadOnlySpan<byte> data)
{
    private readonly TypeLayout[] types = types;
    private readonly ReadOnlySpan<byte> data = data;
    private int next;

    /// <summary>Index of the record's type.</summary>
    public int Type { get; private set; }

    /// <summary>Where the instance starts.</summary>
    public int Start { get; private set; }

    /// <summary>Bytes of the instance.</summary>
    public int Length { get; private set; }

    public bool MoveNext()
    {
        if (next >= data.Length)
        {
            return false;
        }

        int record = next;
        Type = data[record];
        if (Type >= types.Length)
        {
            throw new CorruptDataException($"Type index {Type} is out of range", record);
        }

        Start = record + 1;
        ulong size = types[Type].Size;
        if (size == 0)
        {
            if (data.Length - Start < 4)
            {
                throw new CorruptDataException("Instance size is cut", record);
            }

            size = BinaryPrimitives.ReadUInt32LittleEndian(data[Start..]);
            Start += 4;
        }

        if (size > (ulong)(data.Length - Start))
        {
            throw new CorruptDataException($"Instance of type '{types[Type].Name}' runs beyond the buffer", record);
        }

        Length = (int)size;
        next = Start + Length;
        return true;
    }
}
