using System.Runtime.InteropServices;

namespace Micromegas.Columnar;

/// <summary>Texts and binaries, lists and maps: what has offsets.</summary>
internal sealed unsafe partial class IpcColumnWriter
{
    private const int InlineLength = 12;
    private const int ViewSize = 16;

    private static void WriteBytes(Field field, BinaryVector vector, IpcRows rows, IpcBody body)
    {
        switch (field.Type.Kind)
        {
            case TypeKind.FixedSizeBinary:
                WriteFixed(field, vector, rows, body);
                break;
            case TypeKind.Utf8View or TypeKind.BinaryView:
                WriteViews(vector, rows, body);
                break;
            default:
                var large = field.Type.Kind is TypeKind.LargeUtf8 or TypeKind.LargeBinary;
                if (rows.IsRange)
                {
                    var own = OffsetsOf(vector.Offsets, rows, body.Memory);
                    AddOffsets(own, rows.Count, large, body);
                    body.AddBuffer(vector.Bytes + own[0], own[rows.Count] - own[0]);
                    break;
                }
                var offsets = GatherOffsets(vector.Offsets, rows, body.Memory);
                AddOffsets(offsets, rows.Count, large, body);
                body.AddBuffer(GatherBytes(vector, rows, offsets[rows.Count], body.Memory), offsets[rows.Count]);
                break;
        }
    }

    /// <summary>The offsets of a range; a vector without rows may have none.</summary>
    private static int* OffsetsOf(int* offsets, IpcRows rows, IpcMemory memory)
    {
        if (offsets != null)
        {
            return offsets + rows.Start;
        }
        var none = (int*)memory.Rent(sizeof(int));
        *none = 0;
        return none;
    }

    private static byte* GatherBytes(BinaryVector vector, IpcRows rows, long total, IpcMemory memory)
    {
        var target = memory.Rent(total);
        var at = target;
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            if (row >= 0)
            {
                var value = vector[row];
                value.CopyTo(new Span<byte>(at, value.Length));
                at += value.Length;
            }
        }
        return target;
    }

    /// <summary>Offsets from 0 on for the values of some rows.</summary>
    private static int* GatherOffsets(int* offsets, IpcRows rows, IpcMemory memory)
    {
        var gathered = (int*)memory.Rent((rows.Count + 1L) * sizeof(int));
        long end = 0;
        gathered[0] = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            if (row >= 0)
            {
                end += offsets[row + 1] - offsets[row];
            }
            CheckSize(end);
            gathered[i + 1] = (int)end;
        }
        return gathered;
    }

    private static void CheckSize(long size)
    {
        if (size > int.MaxValue)
        {
            throw new InvalidOperationException("A column of an Arrow batch holds at most 2 GiB of values; write fewer rows at a time.");
        }
    }

    private static void AddOffsets(int* offsets, int rows, bool large, IpcBody body)
    {
        var start = offsets[0];
        if (large)
        {
            var wide = (long*)body.Memory.Rent((rows + 1L) * sizeof(long));
            for (var i = 0; i <= rows; i++)
            {
                wide[i] = offsets[i] - start;
            }
            body.AddBuffer(wide, (rows + 1L) * sizeof(long));
            return;
        }
        if (start != 0)
        {
            var moved = (int*)body.Memory.Rent((rows + 1L) * sizeof(int));
            for (var i = 0; i <= rows; i++)
            {
                moved[i] = offsets[i] - start;
            }
            offsets = moved;
        }
        body.AddBuffer(offsets, (rows + 1L) * sizeof(int));
    }

    private static void WriteFixed(Field field, BinaryVector vector, IpcRows rows, IpcBody body)
    {
        var width = field.Type.Width;
        var target = body.Memory.Rent((long)rows.Count * width);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var place = new Span<byte>(target + ((long)i * width), width);
            if (row < 0 || vector.IsNull(row))
            {
                place.Clear();
                continue;
            }
            var value = vector[row];
            if (value.Length != width)
            {
                throw new ArgumentException($"Column {field.Name} is {field.Type}, but a value has {value.Length} bytes.", nameof(vector));
            }
            value.CopyTo(place);
        }
        body.AddBuffer(target, (long)rows.Count * width);
    }

    /// <summary>Views lead into the vector's own bytes, which are the only data buffer.</summary>
    private static void WriteViews(BinaryVector vector, IpcRows rows, IpcBody body)
    {
        var views = body.Memory.Rent((long)rows.Count * ViewSize);
        NativeMemory.Clear(views, (nuint)rows.Count * ViewSize);
        var from = int.MaxValue;
        var to = 0;
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            if (row >= 0 && !vector.IsNull(row) && vector.Offsets[row + 1] - vector.Offsets[row] > InlineLength)
            {
                from = Math.Min(from, vector.Offsets[row]);
                to = Math.Max(to, vector.Offsets[row + 1]);
            }
        }
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            if (row < 0 || vector.IsNull(row))
            {
                continue;
            }
            var view = views + ((long)i * ViewSize);
            var value = vector[row];
            *(int*)view = value.Length;
            if (value.Length <= InlineLength)
            {
                value.CopyTo(new Span<byte>(view + 4, InlineLength));
                continue;
            }
            value[..4].CopyTo(new Span<byte>(view + 4, 4));
            ((int*)view)[3] = vector.Offsets[row] - from;
        }
        body.AddBuffer(views, (long)rows.Count * ViewSize);
        body.AddVariadicCount(to > 0 ? 1 : 0);
        if (to > 0)
        {
            body.AddBuffer(vector.Bytes + from, to - from);
        }
    }

    private void WriteList(IpcField field, ListVector list, IpcRows rows, IpcBody body)
    {
        var type = field.Field.Type;
        if (type.Kind == TypeKind.FixedSizeList)
        {
            WriteField(field.Children[0], list.Items, FixedItems(field.Field, list, rows, body.Memory), body);
            return;
        }
        var large = type.Kind == TypeKind.LargeList;
        if (rows.IsRange)
        {
            var own = OffsetsOf(list.Offsets, rows, body.Memory);
            AddOffsets(own, rows.Count, large, body);
            WriteField(field.Children[0], list.Items, new IpcRows(own[0], own[rows.Count] - own[0]), body);
            return;
        }
        var offsets = GatherOffsets(list.Offsets, rows, body.Memory);
        AddOffsets(offsets, rows.Count, large, body);
        var items = (int*)body.Memory.Rent(Math.Max(offsets[rows.Count], 1) * 4L);
        var next = items;
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            for (var item = row < 0 ? 0 : list.Offsets[row]; row >= 0 && item < list.Offsets[row + 1]; item++)
            {
                *next++ = item;
            }
        }
        WriteField(field.Children[0], list.Items, new IpcRows(0, offsets[rows.Count], items), body);
    }

    /// <summary>Every row of a fixed-size list has its items, null rows too: they get nulls.</summary>
    private static IpcRows FixedItems(Field field, ListVector list, IpcRows rows, IpcMemory memory)
    {
        var width = field.Type.Width;
        var count = (long)rows.Count * width;
        CheckSize(count);
        var items = (int*)memory.Rent(Math.Max(count, 1) * 4);
        for (var i = 0; i < rows.Count; i++)
        {
            var row = rows[i];
            var missing = row < 0 || list.IsNull(row);
            if (!missing && list.Offsets[row + 1] - list.Offsets[row] != width)
            {
                throw new ArgumentException($"Column {field.Name} is {field.Type}, but a value has {list.Offsets[row + 1] - list.Offsets[row]} items.", nameof(list));
            }
            for (var item = 0; item < width; item++)
            {
                items[((long)i * width) + item] = missing ? -1 : list.Offsets[row] + item;
            }
        }
        return new IpcRows(0, (int)count, items);
    }
}
