using System.Net;
using System.Net.Sockets;

namespace Micromegas.Testing;

/// <summary>The way to a service, on a port of the loopback, that can stop carrying anything, or break off.</summary>
public sealed class FaultyConnection : IAsyncDisposable
{
    private readonly TcpListener listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource ended = new();
    private readonly IPEndPoint service;
    private readonly Task accepting;
    private readonly List<Task> carrying = [];
    private TaskCompletionSource? stalled;
    private long answerLimit = long.MaxValue;

    public FaultyConnection(string host, int port)
    {
        service = new IPEndPoint(IPAddress.Parse(host), port);
        listener.Start();
        accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)listener.LocalEndpoint).Port;

    /// <summary>From now on nothing is carried, in open connections and new ones, until <see cref="Resume"/>.</summary>
    public void Stall() => Interlocked.CompareExchange(ref stalled, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);

    public void Resume() => Interlocked.Exchange(ref stalled, null)?.SetResult();

    /// <summary>Once this many more bytes of answers were carried, the connection that they came on is broken, once.</summary>
    public void BreakAfter(long bytes) => Interlocked.Exchange(ref answerLimit, bytes);

    public async ValueTask DisposeAsync()
    {
        await ended.CancelAsync();
        Resume();
        listener.Stop();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Task[] running;
        lock (carrying)
        {
            running = [.. carrying];
        }
        await Task.WhenAll(running).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        listener.Dispose();
        ended.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            var client = await listener.AcceptTcpClientAsync(ended.Token);
            lock (carrying)
            {
                carrying.Add(CarryAsync(client));
            }
        }
    }

    private async Task CarryAsync(TcpClient client)
    {
        using var near = client;
        using var far = new TcpClient();
        await far.ConnectAsync(service, ended.Token);
        near.NoDelay = far.NoDelay = true;
        var requests = PumpAsync(near.GetStream(), far.GetStream(), isAnswer: false);
        var answers = PumpAsync(far.GetStream(), near.GetStream(), isAnswer: true);
        await Task.WhenAny(requests, answers);
        near.Close();
        far.Close();
        await Task.WhenAll(requests, answers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task PumpAsync(NetworkStream from, NetworkStream to, bool isAnswer)
    {
        var buffer = new byte[16 * 1024];
        while (await from.ReadAsync(buffer, ended.Token) is var count and > 0)
        {
            while (Volatile.Read(ref stalled) is { } waiting)
            {
                await waiting.Task.WaitAsync(ended.Token);
            }
            if (isAnswer && Volatile.Read(ref answerLimit) != long.MaxValue && Interlocked.Add(ref answerLimit, -count) < 0)
            {
                Interlocked.Exchange(ref answerLimit, long.MaxValue);
                return;
            }
            await to.WriteAsync(buffer.AsMemory(0, count), ended.Token);
        }
    }
}
