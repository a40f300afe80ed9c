using System.Buffers.Binary;
using System.Text;
using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>
/// The scopes (name, file, target and line) of spans, each once. They are told apart by their hash, as upstream does: scopes of equal hash are the same
/// (spec/data-lake.md §5.8).
/// </summary>
public sealed class SpanScopes : IDisposable
{
    private readonly PooledBuffer texts = new();
    private readonly Dictionary<uint, int> byHash = [];
    private Scope[] scopes = new Scope[64];

    /// <summary>How many there are; they are numbered from 0.</summary>
    public int Count { get; private set; }

    /// <summary>xxHash32 of name, file, target and line.</summary>
    public uint Hash(int scope) => scopes[scope].Hash;

    /// <summary>Line of the call site.</summary>
    public uint Line(int scope) => scopes[scope].Line;

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Name(int scope) => texts.WrittenSpan.Slice(scopes[scope].Start, scopes[scope].NameLength);

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> File(int scope) => texts.WrittenSpan.Slice(scopes[scope].Start + scopes[scope].NameLength, scopes[scope].FileLength);

    /// <summary>UTF-8.</summary>
    public ReadOnlySpan<byte> Target(int scope) =>
        texts.WrittenSpan.Slice(scopes[scope].Start + scopes[scope].NameLength + scopes[scope].FileLength, scopes[scope].TargetLength);

    /// <summary>The number of a scope; it is added when it is new.</summary>
    internal int Intern(ReadOnlySpan<byte> name, ReadOnlySpan<byte> file, ReadOnlySpan<byte> target, uint line)
    {
        uint hash = Compute(name, file, target, line);
        if (byHash.TryGetValue(hash, out int known))
        {
            return known;
        }

        if (Count == scopes.Length)
        {
            Array.Resize(ref scopes, Count * 2);
        }

        scopes[Count] = new Scope(hash, line, texts.Length, name.Length, file.Length, target.Length);
        texts.Write(name);
        texts.Write(file);
        texts.Write(target);
        byHash.Add(hash, Count);
        return Count++;
    }

    /// <summary>A scope that is nothing but a name: a thread.</summary>
    internal int Intern(string name) => Intern(Encoding.UTF8.GetBytes(name), default, default, 0);

    internal void Clear()
    {
        texts.Clear();
        byHash.Clear();
        Count = 0;
    }

    /// <inheritdoc/>
    public void Dispose() => texts.Dispose();

    internal static uint Compute(ReadOnlySpan<byte> name, ReadOnlySpan<byte> file, ReadOnlySpan<byte> target, uint line)
    {
        Span<byte> lineBytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(lineBytes, line);
        return XxHash32.Hash(lineBytes, XxHash32.Hash(target, XxHash32.Hash(file, XxHash32.Hash(name))));
    }

    private readonly record struct Scope(uint Hash, uint Line, int Start, int NameLength, int FileLength, int TargetLength);
}
