using Micromegas.Columnar;
using Micromegas.Data.Execution;

namespace Micromegas.Data.Export;

/// <summary>A result as an Arrow IPC stream that is made while it is read: one batch at a time is held.</summary>
internal sealed class ArrowResultStream : Stream
{
    private readonly MicromegasDataReader _reader;
    private readonly MemoryStream _made = new();
    private readonly ArrowStreamWriter _writer;
    private bool _complete;

    internal ArrowResultStream(MicromegasDataReader reader, Schema schema, ArrowWriterOptions options)
    {
        _reader = reader;
        _writer = new ArrowStreamWriter(_made, schema, options);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException("The stream is made as it is read.");

    public override long Position
    {
        get => throw new NotSupportedException("The stream is made as it is read.");
        set => throw new NotSupportedException("The stream is made as it is read.");
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        ValidateBufferArguments(buffer, offset, count);
        return Blocking.Wait(() => ReadAsync(buffer.AsMemory(offset, count)));
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        if (_made.Position == _made.Length)
        {
            Blocking.Wait(() => MakeAsync(CancellationToken.None));
        }

        return _made.Read(buffer);
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_made.Position == _made.Length && buffer.Length > 0)
        {
            await MakeAsync(cancellationToken).ConfigureAwait(false);
        }

        return _made.Read(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken)
        => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException("The stream is made as it is read.");

    public override void SetLength(long value) => throw new NotSupportedException("The stream is only read.");

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("The stream is only read.");

    public override async ValueTask DisposeAsync()
    {
        await _writer.DisposeAsync().ConfigureAwait(false);
        await base.DisposeAsync().ConfigureAwait(false);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Blocking.Wait(() => _writer.DisposeAsync());
        }

        base.Dispose(disposing);
    }

    private async ValueTask MakeAsync(CancellationToken cancellationToken)
    {
        if (_complete)
        {
            return;
        }

        _made.SetLength(0);
        if (await _reader.NextColumnsAsync(cancellationToken).ConfigureAwait(false) is { } batch)
        {
            await _writer.WriteAsync(batch, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            _complete = true;
            await _writer.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }

        _made.Position = 0;
    }
}
