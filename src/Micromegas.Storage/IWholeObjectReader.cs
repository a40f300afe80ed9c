namespace Micromegas.Storage;

/// <summary>A store that gives an object of unknown size with one request.</summary>
internal interface IWholeObjectReader
{
    /// <inheritdoc cref="ObjectStoreExtensions.ReadAllAsync"/>
    ValueTask<byte[]> ReadAllAsync(string key, int maximumSize, CancellationToken ct);
}
