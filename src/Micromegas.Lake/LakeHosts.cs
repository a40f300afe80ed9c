using System.Collections.Concurrent;

namespace Micromegas.Lake;

/// <summary>The lakes that are open in this process: one host per directory, shared by all who ask for it, open until it is closed here.</summary>
public static class LakeHosts
{
    private static readonly ConcurrentDictionary<(string Path, bool ReadOnly), Lazy<Task<LakeHost>>> s_hosts = new();

    /// <summary>The host of a directory; opened by the first who asks.</summary>
    /// <exception cref="LakeException">The lake cannot be opened; the next call tries again.</exception>
    public static async ValueTask<LakeHost> GetAsync(string directory, LakeMode mode, LakeOptions? options, CancellationToken ct)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        (string, bool) key = (path, mode == LakeMode.ReadOnly);
        while (true)
        {
            // The task is shared: one caller's token must not end what others wait for.
            Lazy<Task<LakeHost>> entry = s_hosts.GetOrAdd(
                key, _ => new Lazy<Task<LakeHost>>(() => Task.Run(() => LakeHost.OpenAsync(path, mode, options, CancellationToken.None).AsTask())));
            LakeHost host;
            try
            {
                host = await entry.Value.WaitAsync(ct).ConfigureAwait(false);
            }
            catch when (entry.Value.IsFaulted)
            {
                s_hosts.TryRemove(KeyValuePair.Create(key, entry));
                throw;
            }

            // Somebody may have removed the directory and made another lake of that name.
            if (LakeHost.Exists(path))
            {
                return host;
            }
            if (s_hosts.TryRemove(KeyValuePair.Create(key, entry)))
            {
                await host.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    /// <summary>Closes the hosts of a directory; what still runs on them fails.</summary>
    public static async ValueTask CloseAsync(string directory)
    {
        string path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        await CloseAsync((path, true)).ConfigureAwait(false);
        await CloseAsync((path, false)).ConfigureAwait(false);
    }

    /// <summary>Closes all hosts; what still runs on them fails.</summary>
    public static async ValueTask CloseAllAsync()
    {
        foreach ((string, bool) key in s_hosts.Keys)
        {
            await CloseAsync(key).ConfigureAwait(false);
        }
    }

    private static async ValueTask CloseAsync((string Path, bool ReadOnly) key)
    {
        if (s_hosts.TryRemove(key, out Lazy<Task<LakeHost>>? entry))
        {
            LakeHost? host;
            try
            {
                host = await entry.Value.ConfigureAwait(false);
            }
            catch (LakeException)
            {
                // It never opened; whoever opened it was told.
                return;
            }
            await host.DisposeAsync().ConfigureAwait(false);
        }
    }
}
