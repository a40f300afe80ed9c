using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Micromegas.Formats;
using Micromegas.Lake.Catalogs;
using Micromegas.Lake.Views;

namespace Micromegas.Lake.Perfetto;

/// <summary>Writes a Perfetto trace of one process, packet by packet (spec/sql.md §9).</summary>
internal sealed class TraceWriter : IDisposable
{
    private const uint SequenceId = 1;
    private const uint NeedsState = 2;
    private const uint ClearsState = 3;

    private readonly PooledBuffer _bytes = new();
    private readonly ProtobufWriter _writer;
    private readonly InternTable _categories = new();
    private readonly InternTable _names = new();
    private readonly InternTable _locations = new();
    private readonly PooledBuffer _location = new();
    private readonly ulong _process;

    public TraceWriter(Guid process)
    {
        _writer = new ProtobufWriter(_bytes);
        _process = XxHash64.Hash(Encoding.ASCII.GetBytes(process.ToString("D")));
        AsyncTrack = XxHash64.Hash("async_track"u8, _process);
    }

    /// <summary>The track of asynchronous spans.</summary>
    public ulong AsyncTrack { get; }

    /// <summary>Bytes that were not taken yet.</summary>
    public int Length => _bytes.Length;

    // Upstream keeps the low half of the hash.
    private ulong ProcessNumber => unchecked((ulong)(int)_process);

    public static ulong TrackOf(StreamRecord stream) => XxHash64.Hash(Encoding.ASCII.GetBytes(stream.StreamId.ToString("D")));

    /// <summary>Takes what was written.</summary>
    public byte[] Take()
    {
        byte[] taken = _bytes.WrittenSpan.ToArray();
        _bytes.Clear();
        return taken;
    }

    /// <summary>The first packet.</summary>
    public void WriteProcess(string executable)
    {
        int packet = _writer.BeginMessage(Field.Packet);
        int track = _writer.BeginMessage(Field.TrackDescriptor);
        _writer.WriteVarint(Field.TrackUuid, _process);
        int process = _writer.BeginMessage(Field.TrackProcess);
        _writer.WriteVarint(Field.ProcessPid, ProcessNumber);
        _writer.WriteBytes(Field.ProcessName, Encoding.UTF8.GetBytes(executable));
        _writer.EndMessage(process);
        _writer.EndMessage(track);
        _writer.WriteVarint(Field.PacketSequence, SequenceId);
        _writer.WriteVarint(Field.PacketFlags, ClearsState);
        _writer.WriteBoolean(Field.PacketIsFirst, true);
        _writer.EndMessage(packet);
    }

    public void WriteThread(StreamRecord stream)
    {
        int packet = _writer.BeginMessage(Field.Packet);
        int track = _writer.BeginMessage(Field.TrackDescriptor);
        _writer.WriteVarint(Field.TrackUuid, TrackOf(stream));
        int thread = _writer.BeginMessage(Field.TrackThread);
        _writer.WriteVarint(Field.ThreadPid, ProcessNumber);
        long id = long.TryParse(ThreadName.Find(stream, "thread-id"), NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : 0;
        _writer.WriteVarint(Field.ThreadTid, unchecked((ulong)(int)id));
        _writer.WriteBytes(Field.ThreadName, Encoding.UTF8.GetBytes(ThreadName.Of(stream)));
        _writer.EndMessage(thread);
        _writer.WriteVarint(Field.TrackParent, _process);
        EndDescriptor(packet, track);
    }

    public void WriteAsyncTrack()
    {
        int packet = _writer.BeginMessage(Field.Packet);
        int track = _writer.BeginMessage(Field.TrackDescriptor);
        _writer.WriteVarint(Field.TrackUuid, AsyncTrack);
        _writer.WriteBytes(Field.TrackName, "Async Operations"u8);
        _writer.WriteVarint(Field.TrackParent, _process);
        EndDescriptor(packet, track);
    }

    /// <summary>Begin and end of a span.</summary>
    public void WriteSpan(
        ulong track, long begin, long end, ReadOnlySpan<byte> name, ReadOnlySpan<byte> category, ReadOnlySpan<byte> file, uint line)
    {
        ulong categoryId = _categories.Intern(category, out bool isNewCategory);
        ulong nameId = _names.Intern(name, out bool isNewName);
        _location.Clear();
        _location.Write(file);
        _location.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in line)));
        ulong locationId = _locations.Intern(_location.WrittenSpan, out bool isNewLocation);
        int packet = BeginEvent(track, begin, Field.SliceBegin, categoryId, nameId, locationId);
        if (isNewCategory || isNewName || isNewLocation)
        {
            int interned = _writer.BeginMessage(Field.PacketInterned);
            if (isNewCategory)
            {
                WriteText(Field.InternedCategories, categoryId, category);
            }
            if (isNewName)
            {
                WriteText(Field.InternedNames, nameId, name);
            }
            if (isNewLocation)
            {
                int location = _writer.BeginMessage(Field.InternedLocations);
                _writer.WriteVarint(Field.InternedId, locationId);
                _writer.WriteBytes(Field.InternedText, file);
                _writer.WriteVarint(Field.LocationLine, line);
                _writer.EndMessage(location);
            }
            _writer.EndMessage(interned);
        }
        EndEvent(packet);
        EndEvent(BeginEvent(track, end, Field.SliceEnd, categoryId, nameId, locationId));
    }

    public void Dispose()
    {
        _bytes.Dispose();
        _location.Dispose();
        _categories.Dispose();
        _names.Dispose();
        _locations.Dispose();
    }

    private void EndDescriptor(int packet, int track)
    {
        _writer.EndMessage(track);
        _writer.WriteVarint(Field.PacketSequence, SequenceId);
        _writer.WriteVarint(Field.PacketFlags, NeedsState);
        _writer.EndMessage(packet);
    }

    private int BeginEvent(ulong track, long time, ulong type, ulong category, ulong name, ulong location)
    {
        int packet = _writer.BeginMessage(Field.Packet);
        int message = _writer.BeginMessage(Field.TrackEvent);
        _writer.WriteVarint(Field.EventCategory, category);
        _writer.WriteVarint(Field.EventType, type);
        _writer.WriteVarint(Field.EventName, name);
        _writer.WriteVarint(Field.EventTrack, track);
        _writer.WriteVarint(Field.EventLocation, location);
        _writer.EndMessage(message);
        _writer.WriteVarint(Field.PacketTime, (ulong)time);
        _writer.WriteVarint(Field.PacketSequence, SequenceId);
        return packet;
    }

    private void EndEvent(int packet)
    {
        _writer.WriteVarint(Field.PacketFlags, NeedsState);
        _writer.EndMessage(packet);
    }

    private void WriteText(int field, ulong id, ReadOnlySpan<byte> text)
    {
        int entry = _writer.BeginMessage(field);
        _writer.WriteVarint(Field.InternedId, id);
        _writer.WriteBytes(Field.InternedText, text);
        _writer.EndMessage(entry);
    }

    /// <summary>Field numbers and values of Perfetto's schema.</summary>
    private static class Field
    {
        public const int Packet = 1;

        public const int PacketTime = 8;
        public const int PacketSequence = 10;
        public const int TrackEvent = 11;
        public const int PacketInterned = 12;
        public const int PacketFlags = 13;
        public const int TrackDescriptor = 60;
        public const int PacketIsFirst = 87;

        public const int TrackUuid = 1;
        public const int TrackName = 2;
        public const int TrackProcess = 3;
        public const int TrackThread = 4;
        public const int TrackParent = 5;

        public const int ProcessPid = 1;
        public const int ProcessName = 6;

        public const int ThreadPid = 1;
        public const int ThreadTid = 2;
        public const int ThreadName = 5;

        public const int EventCategory = 3;
        public const int EventType = 9;
        public const int EventName = 10;
        public const int EventTrack = 11;
        public const int EventLocation = 34;
        public const ulong SliceBegin = 1;
        public const ulong SliceEnd = 2;

        public const int InternedCategories = 1;
        public const int InternedNames = 2;
        public const int InternedLocations = 4;
        public const int InternedId = 1;
        public const int InternedText = 2;
        public const int LocationLine = 4;
    }
}
