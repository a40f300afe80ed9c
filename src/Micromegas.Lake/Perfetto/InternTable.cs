using Micromegas.Columnar;

namespace Micromegas.Lake.Perfetto;

/// <summary>Numbers that stand for texts in a trace, from 1.</summary>
internal sealed class InternTable : IDisposable
{
    private readonly ByteInterner _texts = new();

    public ulong Intern(ReadOnlySpan<byte> text, out bool isNew)
    {
        int before = _texts.Count;
        int number = _texts.Intern(text);
        isNew = _texts.Count > before;
        return (ulong)number + 1;
    }

    public void Dispose() => _texts.Dispose();
}
