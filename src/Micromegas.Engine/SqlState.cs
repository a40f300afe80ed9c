namespace Micromegas.Engine;

/// <summary>The SqlState classes that errors of the engine and the lake carry.</summary>
public static class SqlState
{
    public const string SyntaxError = "42601";
    public const string UndefinedColumn = "42703";
    public const string AmbiguousColumn = "42702";
    public const string UndefinedTable = "42P01";
    public const string DuplicateTable = "42P07";
    public const string DuplicateAlias = "42712";
    public const string DuplicateColumn = "42701";
    public const string UndefinedFunction = "42883";
    public const string UndefinedParameter = "42P02";
    public const string DuplicatePreparedStatement = "42P05";
    public const string UndefinedPreparedStatement = "26000";
    public const string DatatypeMismatch = "42804";
    public const string GroupingError = "42803";
    public const string WindowingError = "42P20";
    public const string InvalidName = "42602";
    public const string InvalidObjectDefinition = "42P17";
    public const string WrongObjectType = "42809";
    public const string UndefinedSchema = "3F000";
    public const string DuplicateSchema = "42P06";
    public const string DependentObjects = "2BP01";
    public const string NotNullViolation = "23502";
    public const string UniqueViolation = "23505";
    public const string CheckViolation = "23514";
    public const string UndefinedObject = "42704";
    public const string ExternalRoutineException = "38000";

    /// <summary>A statement that parses and binds to nothing more precise (wrong number of columns, bad use of a clause).</summary>
    public const string InvalidStatement = "42000";
    public const string FeatureNotSupported = "0A000";
    public const string DataException = "22000";
    public const string StringDataRightTruncation = "22001";
    public const string NumericValueOutOfRange = "22003";
    public const string InvalidDatetimeFormat = "22007";
    public const string DatetimeFieldOverflow = "22008";
    public const string DivisionByZero = "22012";
    public const string InvalidRegularExpression = "2201B";
    public const string InvalidEscapeSequence = "22025";
    public const string InvalidTextRepresentation = "22P02";
    public const string InvalidParameterValue = "22023";

    /// <summary>Zero to a negative power.</summary>
    public const string InvalidPowerArgument = "2201F";
    public const string CardinalityViolation = "21000";
    public const string ReadOnlyTransaction = "25006";
    public const string SerializationFailure = "40001";
    public const string ConnectionFailure = "08006";
    public const string OutOfMemory = "53200";
    public const string QueryCanceled = "57014";
    public const string IoError = "58030";
    public const string DataCorrupted = "XX001";
    public const string InternalError = "XX000";
}
