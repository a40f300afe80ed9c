using System.Text;
using System.Text.Unicode;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;
using Micromegas.Engine.Operators.Rows;

namespace Micromegas.Engine.Operators.Joining;

/// <summary>Texts and binaries, in the order of their bytes.</summary>
internal sealed unsafe class BytesKeyValues(DataType type) : BuildKeyValues
{
    /// <summary>Longer values than this are not worth to be kept: they are no identifiers.</summary>
    private const int Longest = 1024;

    private ByteStringSet known = new();
    private List<byte[]>? listed = [];
    private byte[]? least;
    private byte[]? greatest;

    /// <summary>Whether some value is too long, or a text that is none, which could not be put into a condition.</summary>
    private bool isBroken;

    protected override IReadOnlyList<Scalar>? Listed
    {
        get
        {
            if (listed is null || isBroken)
            {
                return null;
            }
            var ordered = listed.ToArray();
            Array.Sort(ordered, static (left, right) => left.AsSpan().SequenceCompareTo(right));
            return Array.ConvertAll(ordered, Value);
        }
    }

    protected override (Scalar Least, Scalar Greatest)? Extremes => least is null || greatest is null || isBroken ? null : (Value(least), Value(greatest));

    public override void Add(BuildKeyValues other)
    {
        var values = (BytesKeyValues)other;
        isBroken |= values.isBroken;
        foreach (var value in values.listed ?? [])
        {
            Add(value);
        }
        if (values.listed is null && values is { least: not null, greatest: not null })
        {
            listed = null;
            Add(values.least);
            Add(values.greatest);
        }
    }

    protected override void Add(in VectorAccess access, int* rows, int count)
    {
        var values = (BinaryVector)access.Plain;
        var last = -1;
        for (var i = 0; i < count && !isBroken; i++)
        {
            var row = rows == null ? i : rows[i];
            if (access.MayHaveNulls && access.IsNull(row))
            {
                continue;
            }
            var index = access.IndexOf(row);
            if (index != last)
            {
                last = index;
                Add(new ReadOnlySpan<byte>(values.Bytes + values.Offsets[index], values.Offsets[index + 1] - values.Offsets[index]));
            }
        }
    }

    private void Add(ReadOnlySpan<byte> value)
    {
        if (listed is not null)
        {
            if (known.Contains(value))
            {
                return;
            }
            var added = Keep(value);
            known.Add(added);
            listed.Add(added);
            if (listed.Count > Most)
            {
                listed = null;
                known = new ByteStringSet();
            }
        }
        if (least is null || value.SequenceCompareTo(least) < 0)
        {
            least = Keep(value);
        }
        if (greatest is null || value.SequenceCompareTo(greatest) > 0)
        {
            greatest = Keep(value);
        }
    }

    private byte[] Keep(ReadOnlySpan<byte> value)
    {
        isBroken |= value.Length > Longest || (type.IsUtf8 && !Utf8.IsValid(value));
        return isBroken ? [] : value.ToArray();
    }

    private Scalar Value(byte[] value) => new(type, type.IsUtf8 ? Encoding.UTF8.GetString(value) : value);
}
