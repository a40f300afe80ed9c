namespace Micromegas.Storage;

/// <summary>What a store knows of an object without reading it.</summary>
/// <param name="Key">The object's key.</param>
/// <param name="Size">Length in bytes.</param>
/// <param name="LastModified">When the object was stored, by the store's clock.</param>
public readonly record struct ObjectInfo(string Key, long Size, DateTimeOffset LastModified);
