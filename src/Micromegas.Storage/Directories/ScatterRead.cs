using Microsoft.Win32.SafeHandles;

namespace Micromegas.Storage.Directories;

/// <summary>One read of many ranges of one file: every group is one scatter read into the caller's buffers.</summary>
internal sealed class ScatterRead(
    string key, string path, IReadOnlyList<ByteRange> ranges, IReadOnlyList<Memory<byte>> into, int[] order, FileHandleCache handles)
{
    /// <summary>Reads the groups <paramref name="first"/>, <paramref name="first"/> + <paramref name="step"/>, …</summary>
    public void Fill(List<RangeReads.Group> groups, int first, int step, CancellationToken ct)
    {
        using FileHandleCache.Lease file = handles.Acquire(path);
        for (int i = first; i < groups.Count; i += step)
        {
            ct.ThrowIfCancellationRequested();
            Fill(file.Handle, groups[i]);
        }
    }

    private void Fill(SafeFileHandle file, RangeReads.Group group)
    {
        if (group.End - group.First == 1)
        {
            int index = order[group.First];
            ReadExactly(file, into[index].Span, ranges[index]);
            return;
        }
        var buffers = new List<Memory<byte>>(group.End - group.First);
        byte[]? gap = null;
        long position = group.Offset;
        for (int i = group.First; i < group.End; i++)
        {
            ByteRange range = ranges[order[i]];
            if (range.Offset > position)
            {
                int skipped = (int)(range.Offset - position);
                if (gap is null || gap.Length < skipped)
                {
                    gap = GC.AllocateUninitializedArray<byte>(skipped);
                }
                buffers.Add(gap.AsMemory(0, skipped));
            }
            buffers.Add(into[order[i]]);
            position = range.End;
        }
        if (RandomAccess.Read(file, buffers, group.Offset) == group.Length)
        {
            return;
        }

        // A scatter read may stop early, at a signal or at the end of the file; one range after the other tells which.
        for (int i = group.First; i < group.End; i++)
        {
            ReadExactly(file, into[order[i]].Span, ranges[order[i]]);
        }
    }

    private void ReadExactly(SafeFileHandle file, Span<byte> buffer, ByteRange range)
    {
        long offset = range.Offset;
        while (!buffer.IsEmpty)
        {
            int read = RandomAccess.Read(file, buffer, offset);
            if (read == 0)
            {
                throw Throw.BeyondEnd(key, range, RandomAccess.GetLength(file));
            }
            buffer = buffer[read..];
            offset += read;
        }
    }
}
