using System.Text.Unicode;

namespace Micromegas.Columnar;

/// <summary>Texts and binaries: with offsets, of fixed size, and as views.</summary>
internal sealed unsafe partial class IpcColumnReader
{
    private const int InlineLength = 12;
    private const int ViewSize = 16;

    private BinaryVector ReadBytes(DataType type, int rows, ulong* validity)
    {
        var vector = BinaryVector.Create(type);
        switch (type.Kind)
        {
            case TypeKind.FixedSizeBinary:
                var (values, available) = TakeBuffer();
                vector.Attach(EvenOffsets(rows, type.Width, available), values, rows);
                break;
            case TypeKind.Utf8View or TypeKind.BinaryView:
                ReadViews(vector, rows, validity);
                break;
            default:
                var (offsets, length) = TakeBuffer();
                var (bytes, byteCount) = TakeBuffer();
                var large = type.Kind is TypeKind.LargeUtf8 or TypeKind.LargeBinary;
                var narrow = CheckedOffsets(offsets, length, large, rows, byteCount, out var start);
                vector.Attach(narrow, bytes + start, rows);
                break;
        }
        if (type.IsUtf8)
        {
            CheckTexts(vector, rows, validity);
        }
        return vector;
    }

    /// <summary>
    /// Copies views (Arrow columnar format, "Variable-size Binary View Layout"): length, then either up to 12 bytes or a prefix, the number of a
    /// data buffer and the offset in it.
    /// </summary>
    private void ReadViews(BinaryVector vector, int rows, ulong* validity)
    {
        var views = TakeBuffer((long)rows * ViewSize);
        var data = new Piece[header.TakeVariadicCount()];
        for (var i = 0; i < data.Length; i++)
        {
            data[i] = TakeBuffer();
        }
        long total = 0;
        for (var row = 0; row < rows; row++)
        {
            if (validity == null || Bitmap.Get(validity, row))
            {
                total += ((uint*)(views + ((long)row * ViewSize)))[0];
            }
        }
        if (total > int.MaxValue)
        {
            throw new ArrowFormatException("An Arrow column with more than 2 GiB of values in one batch is not supported.");
        }
        var offsets = (int*)memory.Rent((rows + 1L) * sizeof(int));
        var bytes = memory.Rent(total);
        var end = 0;
        offsets[0] = 0;
        for (var row = 0; row < rows; row++)
        {
            if (validity == null || Bitmap.Get(validity, row))
            {
                var value = ViewedValue(views + ((long)row * ViewSize), data);
                value.CopyTo(new Span<byte>(bytes + end, value.Length));
                end += value.Length;
            }
            offsets[row + 1] = end;
        }
        vector.Attach(offsets, bytes, rows);
    }

    private static ReadOnlySpan<byte> ViewedValue(byte* view, Piece[] data)
    {
        var words = (uint*)view;
        if (words[0] <= InlineLength)
        {
            return new ReadOnlySpan<byte>(view + 4, (int)words[0]);
        }
        if (words[2] >= data.Length)
        {
            throw Damaged("a view leads to a data buffer that is not there");
        }
        var (bytes, length) = data[words[2]];
        if ((long)words[0] + words[3] > length)
        {
            throw Damaged("a view ends outside its data buffer");
        }
        return new ReadOnlySpan<byte>(bytes + words[3], (int)words[0]);
    }

    private static void CheckTexts(BinaryVector texts, int rows, ulong* validity)
    {
        var offsets = texts.Offsets;
        var whole = new ReadOnlySpan<byte>(texts.Bytes + offsets[0], offsets[rows] - offsets[0]);
        if (Utf8.IsValid(whole))
        {
            var end = offsets[rows];
            var cut = false;
            for (var i = 1; i < rows; i++)
            {
                // No text may begin with a byte that continues a character.
                cut |= offsets[i] < end && (texts.Bytes[offsets[i]] & 0xC0) == 0x80;
            }
            if (!cut)
            {
                return;
            }
        }
        // What null rows hold does not matter.
        for (var row = 0; row < rows; row++)
        {
            if ((validity == null || Bitmap.Get(validity, row)) && !Utf8.IsValid(texts[row]))
            {
                throw Damaged("a text is not UTF-8");
            }
        }
    }
}
