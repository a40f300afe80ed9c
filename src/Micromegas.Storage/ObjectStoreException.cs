namespace Micromegas.Storage;

/// <summary>An object store could not do what it was asked to.</summary>
public class ObjectStoreException : IOException
{
    /// <summary>Creates the exception.</summary>
    public ObjectStoreException(string key, string message, Exception? innerException = null)
        : base(message, innerException) => Key = key;

    /// <summary>The key of the object (or the prefix of a listing) that was asked for.</summary>
    public string Key { get; }
}

/// <summary>There is no object of that key.</summary>
public sealed class ObjectNotFoundException : ObjectStoreException
{
    /// <summary>Creates the exception.</summary>
    public ObjectNotFoundException(string key, Exception? innerException = null)
        : base(key, $"object '{key}' does not exist", innerException)
    {
    }
}

/// <summary>A streamed put was completed under a key that is already taken.</summary>
public sealed class ObjectExistsException : ObjectStoreException
{
    /// <summary>Creates the exception.</summary>
    public ObjectExistsException(string key, Exception? innerException = null)
        : base(key, $"object '{key}' exists already", innerException)
    {
    }
}
