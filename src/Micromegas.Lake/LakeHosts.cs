using System.Collections.Concurrent;

namespace Micromegas.Lake;

/// <summary>The lakes that are open in this process: one host per address, shared by all who ask for it, open until it is closed here.</summary>
public static class LakeHosts
{
    private static readonly ConcurrentDictionary<(string Address, bool ReadOnly), Lazy<Task<LakeHost>>> s_hosts = new();

    /// <inheritdoc cref="GetAsync(LakeAddress, LakeMode, LakeOptions, CancellationToken)"/>
    public static ValueTask<LakeHost> GetAsync(string directory, LakeMode mode, LakeOptions? options, CancellationToken ct) =>
        GetAsync(LakeAddress.OfDirectory(directory), mode, options, ct);

    /// <summary>The host of a lake; opened by the first who asks.</summary>
    /// <exception cref="LakeException">The lake cannot be opened; the next call tries again.</exception>
    public static async ValueTask<LakeHost> GetAsync(LakeAddress address, LakeMode mode, LakeOptions? options, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(address);
        (string, bool) key = (address.Key, mode == LakeMode.ReadOnly);
        while (true)
        {
            // The task is shared: one caller's token must not end what others wait for.
            Lazy<Task<LakeHost>> entry = s_hosts.GetOrAdd(
                key, _ => new Lazy<Task<LakeHost>>(() => Task.Run(() => address.OpenAsync(mode, options, CancellationToken.None).AsTask())));
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
            if (address.MayExist())
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
    public static ValueTask CloseAsync(string directory) => CloseAsync(LakeAddress.OfDirectory(directory));

    /// <summary>Closes the hosts of a lake; what still runs on them fails.</summary>
    public static async ValueTask CloseAsync(LakeAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        await CloseAsync((address.Key, true)).ConfigureAwait(false);
        await CloseAsync((address.Key, false)).ConfigureAwait(false);
    }

    /// <summary>Closes all hosts; what still runs on them fails.</summary>
    public static async ValueTask CloseAllAsync()
    {
        foreach ((string, bool) key in s_hosts.Keys)
        {
            await CloseAsync(key).ConfigureAwait(false);
        }
    }

    private static async ValueTask CloseAsync((string Address, bool ReadOnly) key)
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
