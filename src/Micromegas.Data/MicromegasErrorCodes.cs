namespace Micromegas.Data;

/// <summary>The SQLSTATE codes that <see cref="MicromegasException"/> carries.</summary>
public static class MicromegasErrorCodes
{
    /// <summary>08006: the lake or its store cannot be reached, or is missing.</summary>
    public const string ConnectionFailure = "08006";

    /// <summary>0A000: the statement asks for something that is not supported.</summary>
    public const string FeatureNotSupported = "0A000";

    /// <summary>22000: a value is not acceptable where it is used.</summary>
    public const string DataException = "22000";

    /// <summary>22012: division by zero.</summary>
    public const string DivisionByZero = "22012";

    /// <summary>22023: an argument or parameter has a wrong value.</summary>
    public const string InvalidParameterValue = "22023";

    /// <summary>25006: the lake is open for reading only.</summary>
    public const string ReadOnly = "25006";

    /// <summary>40001: another writer got there first.</summary>
    public const string SerializationFailure = "40001";

    /// <summary>42601: the text is not a statement.</summary>
    public const string SyntaxError = "42601";

    /// <summary>42703: no such column.</summary>
    public const string UndefinedColumn = "42703";

    /// <summary>42804: types do not fit.</summary>
    public const string DatatypeMismatch = "42804";

    /// <summary>42883: no such function.</summary>
    public const string UndefinedFunction = "42883";

    /// <summary>42P01: no such table.</summary>
    public const string UndefinedTable = "42P01";

    /// <summary>42P02: the statement names a parameter that was not given.</summary>
    public const string UndefinedParameter = "42P02";

    /// <summary>53200: the memory limit does not allow the statement, even with spilling.</summary>
    public const string OutOfMemory = "53200";

    /// <summary>55P03: a lock is held by somebody else.</summary>
    public const string LockNotAvailable = "55P03";

    /// <summary>57014: cancelled by a token, by <c>Cancel()</c> or by the command time-out.</summary>
    public const string QueryCanceled = "57014";

    /// <summary>58030: reading or writing a file failed.</summary>
    public const string IoError = "58030";

    /// <summary>XX000: a fault of this library.</summary>
    public const string InternalError = "XX000";

    /// <summary>XX001: a file or block is damaged.</summary>
    public const string DataCorrupted = "XX001";
}
