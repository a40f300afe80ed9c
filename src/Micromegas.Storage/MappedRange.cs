namespace Micromegas.Storage;

/// <summary>Bytes of an object in memory, to be read only; they stay until this is disposed.</summary>
public sealed unsafe class MappedRange : IDisposable
{
    /// <summary>Bytes behind the range that may be read too.</summary>
    public const int Slack = 64;

    private readonly IDisposable _owner;
    private int _disposed;

    internal MappedRange(byte* pointer, long length, IDisposable owner)
    {
        Pointer = pointer;
        Length = length;
        _owner = owner;
    }

    /// <summary>The first byte.</summary>
    public byte* Pointer { get; }

    /// <summary>The bytes of the range.</summary>
    public long Length { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            _owner.Dispose();
        }
    }
}
