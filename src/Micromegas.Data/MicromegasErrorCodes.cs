namespace Micromegas.Data;

/// <summary>The SQLSTATE codes that <see cref="MicromegasException"/> carries.</summary>
public static class MicromegasErrorCodes
{
    /// <summary>01000: a warning; never thrown.</summary>
    public const string Warning = "01000";

    /// <summary>08006: the lake or its store cannot be reached, or is missing.</summary>
    public const string ConnectionFailure = "08006";

    /// <summary>0A000: the statement asks for something that is not supported.</summary>
    public const string FeatureNotSupported = "0A000";

    /// <summary>21000: a scalar subquery gave more than one row.</summary>
    public const string CardinalityViolation = "21000";

    /// <summary>22000: a value is not acceptable where it is used.</summary>
    public const string DataException = "22000";

    /// <summary>22001: a text is too long.</summary>
    public const string StringDataRightTruncation = "22001";

    /// <summary>22003: a number does not fit its type.</summary>
    public const string NumericValueOutOfRange = "22003";

    /// <summary>22007: a text is no date or time.</summary>
    public const string InvalidDatetimeFormat = "22007";

    /// <summary>22008: a date or time is out of range.</summary>
    public const string DatetimeFieldOverflow = "22008";

    /// <summary>22012: division by zero.</summary>
    public const string DivisionByZero = "22012";

    /// <summary>22023: an argument or parameter has a wrong value.</summary>
    public const string InvalidParameterValue = "22023";

    /// <summary>22025: a pattern has a wrong escape.</summary>
    public const string InvalidEscapeSequence = "22025";

    /// <summary>2201B: a regular expression has a wrong form.</summary>
    public const string InvalidRegularExpression = "2201B";

    /// <summary>22P02: a text does not have the form of its type.</summary>
    public const string InvalidTextRepresentation = "22P02";

    /// <summary>25006: the lake is open for reading only.</summary>
    public const string ReadOnly = "25006";

    /// <summary>40001: another writer got there first.</summary>
    public const string SerializationFailure = "40001";

    /// <summary>42000: the statement is wrong in a way that no other code names.</summary>
    public const string InvalidStatement = "42000";

    /// <summary>42601: the text is not a statement.</summary>
    public const string SyntaxError = "42601";

    /// <summary>42602: a name has a wrong form.</summary>
    public const string InvalidName = "42602";

    /// <summary>42701: a column name occurs twice.</summary>
    public const string DuplicateColumn = "42701";

    /// <summary>42702: several columns have that name.</summary>
    public const string AmbiguousColumn = "42702";

    /// <summary>42703: no such column.</summary>
    public const string UndefinedColumn = "42703";

    /// <summary>42803: a column is neither grouped nor aggregated.</summary>
    public const string GroupingError = "42803";

    /// <summary>42804: types do not fit.</summary>
    public const string DatatypeMismatch = "42804";

    /// <summary>42883: no such function.</summary>
    public const string UndefinedFunction = "42883";

    /// <summary>42P01: no such table.</summary>
    public const string UndefinedTable = "42P01";

    /// <summary>42P02: the statement names a parameter that was not given.</summary>
    public const string UndefinedParameter = "42P02";

    /// <summary>42P07: a table of that name exists.</summary>
    public const string DuplicateTable = "42P07";

    /// <summary>42P20: a window is used wrongly.</summary>
    public const string WindowingError = "42P20";

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
