using System.Numerics;
using System.Runtime.InteropServices;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary><c>approx_distinct(x)</c>: a HyperLogLog of 16,384 registers (standard error 0.8 %), exact for up to some hundred values.</summary>
internal sealed class ApproximateDistinctFunction() : AggregateFunction("approx_distinct")
{
    public override string Summary => "Number of distinct values, estimated.";

    public override bool IgnoresDuplicates => true;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, 1);
        return new FunctionSignature(arguments.Types, DataType.UInt64, false);
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context) =>
        new SketchAccumulator();
}

internal sealed unsafe class SketchAccumulator : Accumulator
{
    private HyperLogLog?[] sketches = [];
    private Vector? dictionary;
    private ulong[] dictionaryHashes = [];
    private long bytes;

    public override IReadOnlyList<DataType> StateTypes { get; } = [DataType.Binary];

    public override long MemoryBytes => bytes + (sketches.Length * 8L) + (dictionaryHashes.Length * 8L);

    public override void Resize(int groupCount)
    {
        if (groupCount > sketches.Length)
        {
            Array.Resize(ref sketches, Math.Max(groupCount, sketches.Length * 2));
        }
    }

    public override void Update(ReadOnlySpan<Vector> arguments, int* groups, Selection? selection, int rowCount) => Add(arguments[0], groups, selection, rowCount);

    public override void UpdateSingle(ReadOnlySpan<Vector> arguments, Selection? selection, int rowCount) => Add(arguments[0], null, selection, rowCount);

    public override Vector[] ExportState(int start, int count)
    {
        using var builder = new BinaryVectorBuilder(DataType.Binary);
        for (var group = start; group < start + count; group++)
        {
            builder.Append(sketches[group] is { } sketch ? sketch.Export() : []);
        }
        return [builder.Build()];
    }

    public override void ImportState(ReadOnlySpan<Vector> state, int* groups, int rowCount)
    {
        var reader = new BytesReader(state[0]);
        for (var row = 0; row < rowCount; row++)
        {
            if (!reader[row].IsEmpty)
            {
                var sketch = Of(groups[row]);
                bytes -= sketch.Bytes;
                sketch.Import(reader[row]);
                bytes += sketch.Bytes;
            }
        }
    }

    public override Vector Finish(int start, int count)
    {
        var result = FlatVector<ulong>.Allocate(DataType.UInt64, count);
        for (var i = 0; i < count; i++)
        {
            result.Values[i] = sketches[start + i]?.Estimate() ?? 0;
        }
        return result;
    }

    private void Add(Vector vector, int* groups, Selection? selection, int rowCount)
    {
        if (vector is DictionaryVector coded)
        {
            AddCodes(coded, groups, selection, rowCount);
            return;
        }
        foreach (var row in new RowSet(selection, rowCount, null))
        {
            if (!vector.IsNull(row))
            {
                Add(groups == null ? 0 : groups[row], Hash(vector, row));
            }
        }
    }

    private void AddCodes(DictionaryVector coded, int* groups, Selection? selection, int rowCount)
    {
        if (!ReferenceEquals(dictionary, coded.Values))
        {
            dictionary = coded.Values;
            dictionaryHashes = new ulong[coded.Values.Length];
            for (var i = 0; i < dictionaryHashes.Length; i++)
            {
                // No hash is 0: that marks the null values.
                dictionaryHashes[i] = coded.Values.IsNull(i) ? 0 : Hash(coded.Values, i) | 1;
            }
        }
        var codes = coded.Codes;
        foreach (var row in new RowSet(selection, rowCount, coded.Validity))
        {
            if (dictionaryHashes[codes[row]] is not 0 and var hash)
            {
                Add(groups == null ? 0 : groups[row], hash);
            }
        }
    }

    private void Add(int group, ulong hash)
    {
        var sketch = Of(group);
        bytes -= sketch.Bytes;
        sketch.Add(hash | 1);
        bytes += sketch.Bytes;
    }

    private HyperLogLog Of(int group)
    {
        if (sketches[group] is { } known)
        {
            return known;
        }
        var sketch = new HyperLogLog();
        bytes += sketch.Bytes;
        return sketches[group] = sketch;
    }

    private static ulong Hash(Vector vector, int row)
    {
        var at = row;
        var plain = vector.Resolve(ref at);
        return plain switch
        {
            BinaryVector texts => HyperLogLog.Hash(texts[at]),
            FlatVector<double> doubles => HyperLogLog.Mix((ulong)TotalOrder.Key(doubles[at])),
            FlatVector<float> singles => HyperLogLog.Mix((uint)TotalOrder.Key(singles[at])),
            FlatVector flat => HyperLogLog.Hash(new ReadOnlySpan<byte>((byte*)flat.Data + ((long)at * flat.ElementSize), flat.ElementSize)),
            BitVector bits => HyperLogLog.Mix(bits[at] ? 1u : 2u),
            _ => HyperLogLog.Mix((uint)ValueHash.Of(vector, row)),
        };
    }
}

/// <summary>Counts distinct hashes: a list of them while they are few, then registers of leading zeros.</summary>
internal sealed class HyperLogLog
{
    private const int Bits = 14;
    private const int Registers = 1 << Bits;
    private const int MaxListed = 512;

    private HashSet<ulong>? listed = [];
    private byte[]? registers;

    public long Bytes => registers is null ? 64 + (listed!.Count * 24L) : Registers;

    public void Add(ulong hash)
    {
        if (registers is not null)
        {
            Register(hash);
            return;
        }
        if (listed!.Add(hash) && listed.Count > MaxListed)
        {
            registers = new byte[Registers];
            foreach (var known in listed)
            {
                Register(known);
            }
            listed = null;
        }
    }

    public ulong Estimate()
    {
        if (registers is null)
        {
            return (ulong)listed!.Count;
        }
        double sum = 0;
        var zeros = 0;
        foreach (var register in registers)
        {
            sum += 1.0 / (1UL << register);
            zeros += register == 0 ? 1 : 0;
        }
        var raw = 0.7213 / (1 + (1.079 / Registers)) * Registers * (double)Registers / sum;
        // Few values leave registers empty: counting those is more exact (linear counting).
        return (ulong)Math.Round(raw <= 2.5 * Registers && zeros > 0 ? Registers * Math.Log((double)Registers / zeros) : raw);
    }

    /// <summary>A byte that tells the form, then hashes or registers.</summary>
    public byte[] Export()
    {
        if (registers is not null)
        {
            return [1, .. registers];
        }
        var bytes = new byte[1 + (listed!.Count * 8)];
        var at = 1;
        foreach (var hash in listed)
        {
            MemoryMarshal.Write(bytes.AsSpan(at), hash);
            at += 8;
        }
        return bytes;
    }

    public void Import(ReadOnlySpan<byte> state)
    {
        if (state[0] == 0)
        {
            for (var at = 1; at + 8 <= state.Length; at += 8)
            {
                Add(MemoryMarshal.Read<ulong>(state[at..]));
            }
            return;
        }
        var before = listed;
        registers ??= new byte[Registers];
        listed = null;
        foreach (var hash in before ?? [])
        {
            Register(hash);
        }
        for (var i = 0; i < Registers; i++)
        {
            registers[i] = Math.Max(registers[i], state[i + 1]);
        }
    }

    /// <summary>64 well-mixed bits of some bytes.</summary>
    public static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = Mix((ulong)bytes.Length + 0x9E3779B97F4A7C15);
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            hash = Mix(hash ^ MemoryMarshal.Read<ulong>(bytes));
        }
        ulong tail = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            tail |= (ulong)bytes[i] << (8 * i);
        }
        return Mix(hash ^ tail ^ ((ulong)bytes.Length << 60));
    }

    /// <summary>The finalizer of SplitMix64.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    private void Register(ulong hash)
    {
        var index = (int)(hash >> (64 - Bits));
        var rank = (byte)(BitOperations.LeadingZeroCount((hash << Bits) | (1UL << (Bits - 1))) + 1);
        registers![index] = Math.Max(registers[index], rank);
    }
}
