namespace Micromegas.Storage;

/// <summary>What a put does when the key is taken.</summary>
public enum PutMode
{
    /// <summary>Leave the existing object alone and say so.</summary>
    CreateOnly,

    /// <summary>Replace it atomically.</summary>
    Overwrite,
}
