namespace Micromegas.Storage;

/// <summary>Outcome of a put.</summary>
public enum PutResult
{
    /// <summary>The object holds the given bytes now.</summary>
    Stored,

    /// <summary>The key was taken; the object there was left as it is.</summary>
    AlreadyExists,
}
