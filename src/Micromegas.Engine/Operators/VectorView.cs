using Micromegas.Columnar;

namespace Micromegas.Engine.Operators;

/// <summary>A window that moves over the rows of an owned vector without copying them; the vector that it shows is reused.</summary>
internal sealed unsafe class VectorView : IDisposable
{
    private readonly Vector source;
    private readonly VectorView[] children;

    public VectorView(Vector source)
    {
        this.source = source;
        children = [];
        switch (source)
        {
            case FlatVector:
                View = FlatVector.Create(source.Type);
                break;
            case BitVector:
                View = new BitVector(source.Type);
                break;
            case BinaryVector:
                View = BinaryVector.Create(source.Type);
                break;
            case DictionaryVector dictionary:
                View = new DictionaryVector(source.Type, dictionary.Values);
                break;
            case ListVector list:
                View = new ListVector(source.Type, list.Items);
                break;
            case StructVector structs:
                children = Array.ConvertAll(structs.Children, static child => new VectorView(child));
                View = new StructVector(source.Type, Array.ConvertAll(children, static child => child.View), 0);
                break;
            case ConstantVector constant:
                View = new ConstantVector(constant.Value, 0);
                break;
            default:
                View = new NullVector(0);
                break;
        }
    }

    /// <summary>The rows shown.</summary>
    public Vector View { get; }

    /// <summary>Shows <paramref name="count"/> rows from <paramref name="start"/> on.</summary>
    public Vector Move(int start, int count)
    {
        switch (source)
        {
            case FlatVector flat:
                ((FlatVector)View).Attach((byte*)flat.Data + ((long)start * flat.ElementSize), count);
                break;
            case BitVector bits:
                MoveBits(bits, (BitVector)View, start, count);
                break;
            case BinaryVector binary:
                ((BinaryVector)View).Attach(binary.Offsets + start, binary.Bytes, count);
                break;
            case DictionaryVector dictionary:
                ((DictionaryVector)View).Attach(dictionary.Values, dictionary.Codes + start, count);
                break;
            case ListVector list:
                ((ListVector)View).Attach(list.Items, list.Offsets + start, count);
                break;
            default:
                foreach (var child in children)
                {
                    child.Move(start, count);
                }
                View.SetLength(count);
                break;
        }
        MoveValidity(start, count);
        return View;
    }

    public void Dispose()
    {
        foreach (var child in children)
        {
            child.Dispose();
        }
        // A constant's view must not take the constant's value with it.
        if (View is not ConstantVector)
        {
            View.Dispose();
        }
    }

    private void MoveValidity(int start, int count)
    {
        if (source.Validity == null)
        {
            View.AttachValidity(null);
        }
        else if ((start & 63) == 0)
        {
            View.AttachValidity(source.Validity + (start >> 6));
        }
        else
        {
            CopyBits(source.Validity, start, View.PrepareValidity(count), count);
        }
    }

    private static void MoveBits(BitVector from, BitVector view, int start, int count)
    {
        if ((start & 63) == 0)
        {
            view.Attach(from.Words + (start >> 6), count);
        }
        else
        {
            view.Prepare(count);
            CopyBits(from.Words, start, view.Words, count);
        }
    }

    private static void CopyBits(ulong* from, int start, ulong* to, int count)
    {
        var shift = start & 63;
        from += start >> 6;
        var words = Bitmap.WordCount(count);
        var available = Bitmap.WordCount(shift + count);
        for (var i = 0; i < words; i++)
        {
            var high = i + 1 < available ? from[i + 1] << (64 - shift) : 0;
            to[i] = (from[i] >> shift) | high;
        }
    }
}
