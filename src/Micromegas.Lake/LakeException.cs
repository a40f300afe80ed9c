namespace Micromegas.Lake;

/// <summary>
/// Something that a lake or its catalogue caused. <see cref="SqlState"/> says what kind, in the classes that SQL defines, so that the provider can report it
/// without knowing this room's types.
/// </summary>
public class LakeException : Exception
{
    /// <summary>Creates the exception.</summary>
    public LakeException(string sqlState, string message, Exception? innerException = null)
        : base(message, innerException) => SqlState = sqlState;

    /// <summary>Five characters, e.g. <c>08006</c> connection, <c>58030</c> I/O, <c>XX001</c> corrupt data.</summary>
    public string SqlState { get; }

    /// <summary>Whether the same call may succeed when it is made again.</summary>
    public virtual bool IsTransient => SqlState is "40001" or "55P03";
}
