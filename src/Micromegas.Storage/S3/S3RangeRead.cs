using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace Micromegas.Storage.S3;

/// <summary>Fills buffers from ranges of one object: a request a group, several at a time; an answer that breaks off is continued where it ended.</summary>
internal sealed class S3RangeRead
{
    /// <summary>A request costs about as long as a quarter of a mebibyte takes to arrive.</summary>
    public const int RequestCost = 256 * 1024;

    private const int MaximumGap = RequestCost;
    private const int MaximumGroup = 8 << 20;
    private const int Parallelism = 16;
    private const int Attempts = 4;
    private const int Pause = 50;

    private readonly BucketClient _bucket;
    private readonly string _key;
    private readonly List<ByteRange> _ranges = [];
    private readonly List<Memory<byte>> _targets = [];
    private readonly int[] _order;

    public S3RangeRead(BucketClient bucket, string key, IReadOnlyList<ByteRange> ranges, IReadOnlyList<Memory<byte>> into)
    {
        _bucket = bucket;
        _key = key;
        for (int i = 0; i < ranges.Count; i++)
        {
            // A large range comes faster in several requests.
            for (int start = 0; start < ranges[i].Length; start += MaximumGroup)
            {
                int length = Math.Min(MaximumGroup, ranges[i].Length - start);
                _ranges.Add(new ByteRange(ranges[i].Offset + start, length));
                _targets.Add(into[i].Slice(start, length));
            }
        }
        _order = RangeReads.Sort(_ranges);
    }

    public async Task RunAsync(CancellationToken ct)
    {
        List<RangeReads.Group> groups = RangeReads.Coalesce(_ranges, _order, MaximumGap, MaximumGroup);
        if (groups.Count == 1)
        {
            await FillAsync(groups[0], ct).ConfigureAwait(false);
            return;
        }

        // The first failure ends the others; all have ended when this returns, for the buffers belong to the caller again.
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var workers = new Task[Math.Min(Parallelism, groups.Count)];
        int next = -1;
        for (int i = 0; i < workers.Length; i++)
        {
            workers[i] = WorkAsync();
        }
        Task all = Task.WhenAll(workers);
        try
        {
            await all.ConfigureAwait(false);
        }
        catch when (!ct.IsCancellationRequested && Array.Find(workers, w => w.IsFaulted) is { } fault)
        {
            await fault.ConfigureAwait(false);
        }

        async Task WorkAsync()
        {
            try
            {
                for (int group = Interlocked.Increment(ref next); group < groups.Count; group = Interlocked.Increment(ref next))
                {
                    await FillAsync(groups[group], failed.Token).ConfigureAwait(false);
                }
            }
            catch
            {
                await failed.CancelAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    private async Task FillAsync(RangeReads.Group group, CancellationToken ct)
    {
        var progress = new Progress { Position = group.Offset };
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await _bucket.CallAsync(_key, "read", client => ReceiveAsync(client, group, progress, ct), ct).ConfigureAwait(false);
                return;
            }
            catch (ObjectStoreException) when (attempt < Attempts && progress.BrokeOff)
            {
                progress.BrokeOff = false;
                await Task.Delay(Pause << attempt, ct).ConfigureAwait(false);
            }
        }
    }

    private async Task<bool> ReceiveAsync(AmazonS3Client client, RangeReads.Group group, Progress progress, CancellationToken ct)
    {
        using var stalled = CancellationTokenSource.CreateLinkedTokenSource(ct);
        long last = group.Offset + group.Length - 1;
        GetObjectResponse response;
        try
        {
            response = await client.GetObjectAsync(
                new GetObjectRequest
                {
                    BucketName = _bucket.Name,
                    Key = _bucket.Root + _key,
                    ByteRange = new Amazon.S3.Model.ByteRange(progress.Position, last),
                },
                ct).ConfigureAwait(false);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            throw BeyondEnd(await _bucket.FindAsync(_key, ct).ConfigureAwait(false) is { } found ? found.Info.Size : 0, last + 1);
        }
        using (response)
        {
            long size = SizeOf(response);
            if (size <= last)
            {
                throw BeyondEnd(size, last + 1);
            }
            if (response.HttpStatusCode != HttpStatusCode.PartialContent && progress.Position != 0)
            {
                throw new ObjectStoreException(_key, $"cannot read object '{_key}': the store does not answer requests for ranges");
            }
            progress.BrokeOff = true;
            await ReceiveAsync(response.ResponseStream, group, progress, stalled).ConfigureAwait(false);
        }
        return true;
    }

    private async Task ReceiveAsync(Stream answer, RangeReads.Group group, Progress progress, CancellationTokenSource stalled)
    {
        byte[]? skipped = null;
        for (int i = group.First; i < group.End; i++)
        {
            ByteRange range = _ranges[_order[i]];
            while (progress.Position < range.Offset)
            {
                skipped ??= new byte[16 * 1024];
                int gap = (int)Math.Min(range.Offset - progress.Position, skipped.Length);
                progress.Position += await NextAsync(skipped.AsMemory(0, gap)).ConfigureAwait(false);
            }
            while (progress.Position < range.End)
            {
                progress.Position += await NextAsync(_targets[_order[i]][(int)(progress.Position - range.Offset)..]).ConfigureAwait(false);
            }
        }

        async ValueTask<int> NextAsync(Memory<byte> buffer)
        {
            stalled.CancelAfter(_bucket.RequestTimeout);
            int count = await answer.ReadAsync(buffer, stalled.Token).ConfigureAwait(false);
            return count > 0 ? count : throw new EndOfStreamException("the answer ended early");
        }
    }

    /// <summary>The object's whole length, which the answer to a range carries behind the slash.</summary>
    public static long SizeOf(GetObjectResponse response)
    {
        string? range = response.ContentRange;
        int slash = range?.LastIndexOf('/') ?? -1;
        return slash >= 0 && long.TryParse(range.AsSpan(slash + 1), out long size) ? size : response.ContentLength;
    }

    private ObjectStoreException BeyondEnd(long size, long end)
    {
        foreach (int i in _order)
        {
            if (_ranges[i].End > size && _ranges[i].End <= end)
            {
                return Throw.BeyondEnd(_key, _ranges[i], size);
            }
        }
        return new ObjectStoreException(_key, $"object '{_key}' has {size} bytes, fewer than were asked for");
    }

    private sealed class Progress
    {
        /// <summary>The next byte of the object that the group waits for.</summary>
        public long Position { get; set; }

        /// <summary>Whether an answer began: requests that get none were repeated by the client already.</summary>
        public bool BrokeOff { get; set; }
    }
}
