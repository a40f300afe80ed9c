using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Micromegas.Columnar;
using Micromegas.Engine.Functions;

namespace Micromegas.Data;

/// <summary>
/// A value of a statement: <c>@name</c>, <c>:name</c> or <c>$name</c> by name, <c>$1</c> or <c>?</c> by position. The name may be given with or without its mark.
/// </summary>
/// <remarks>
/// The type follows from the value unless <see cref="DbType"/> or <see cref="DataTypeName"/> says otherwise; a null without either takes the type that the
/// statement wants. A <see cref="DateTime"/> of kind <see cref="DateTimeKind.Unspecified"/> counts as UTC.
/// </remarks>
public sealed class MicromegasParameter : DbParameter, ICloneable
{
    private string _name = "";
    private string _sourceColumn = "";
    private DbType? _dbType;
    private int _size;

    /// <summary>Creates a parameter without a name and value.</summary>
    public MicromegasParameter()
    {
    }

    /// <summary>Creates a parameter.</summary>
    /// <param name="name">The name, with or without its mark; empty for a positional parameter.</param>
    /// <param name="value">The value.</param>
    public MicromegasParameter(string? name, object? value)
    {
        ParameterName = name;
        Value = value;
    }

    /// <summary>Creates a parameter of a given type.</summary>
    /// <param name="name">The name, with or without its mark; empty for a positional parameter.</param>
    /// <param name="type">The type.</param>
    /// <param name="value">The value.</param>
    public MicromegasParameter(string? name, DbType type, object? value)
        : this(name, value) => DbType = type;

    /// <inheritdoc />
    public override DbType DbType
    {
        get => _dbType ?? Types.ClrTypes.DbTypeOf(Value);
        set
        {
            if (!Enum.IsDefined(value))
            {
                throw new ArgumentOutOfRangeException(nameof(value), value, "Not a DbType.");
            }

            _dbType = value;
        }
    }

    /// <summary>
    /// The Arrow type of the value as <c>arrow_typeof</c> prints it, such as <c>Timestamp(ns, "+00:00")</c>; it goes before <see cref="DbType"/>. Null to derive the
    /// type from that or the value.
    /// </summary>
    /// <exception cref="ArgumentException">The text names no type.</exception>
    public string? DataTypeName
    {
        get;
        set
        {
            ArrowType = value is null ? null : ArrowTypeText.TryParse(value) ?? throw new ArgumentException($"'{value}' is no Arrow type.", nameof(value));
            field = value;
        }
    }

    /// <summary>The type that <see cref="DataTypeName"/> names.</summary>
    internal DataType? ArrowType { get; private set; }

    /// <summary>Whether <see cref="DbType"/> was set and not derived.</summary>
    internal DbType? ExplicitDbType => _dbType;

    /// <inheritdoc />
    /// <exception cref="NotSupportedException">Another direction than <see cref="ParameterDirection.Input"/> is set: statements have no output parameters.</exception>
    public override ParameterDirection Direction
    {
        get => ParameterDirection.Input;
        set
        {
            if (value != ParameterDirection.Input)
            {
                throw Enum.IsDefined(value)
                    ? new NotSupportedException($"Parameters are for input only, not {value}.")
                    : new ArgumentOutOfRangeException(nameof(value), value, "Not a direction.");
            }
        }
    }

    /// <inheritdoc />
    public override bool IsNullable { get; set; }

    /// <inheritdoc />
    [AllowNull]
    public override string ParameterName
    {
        get => _name;
        set
        {
            _name = value ?? "";
            BareName = Strip(_name);
        }
    }

    /// <inheritdoc />
    public override int Size
    {
        get => _size;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, -1);
            _size = value;
        }
    }

    /// <inheritdoc />
    public override byte Precision { get; set; }

    /// <inheritdoc />
    public override byte Scale { get; set; }

    /// <inheritdoc />
    [AllowNull]
    public override string SourceColumn
    {
        get => _sourceColumn;
        set => _sourceColumn = value ?? "";
    }

    /// <inheritdoc />
    public override bool SourceColumnNullMapping { get; set; }

    /// <inheritdoc />
    public override DataRowVersion SourceVersion { get; set; } = DataRowVersion.Current;

    /// <summary>The value; null and <see cref="DBNull"/> are both NULL. A parameter whose value was never set cannot be sent.</summary>
    public override object? Value
    {
        get;
        set
        {
            field = value;
            HasValue = true;
        }
    }

    /// <summary>Whether the value was set, be it to null.</summary>
    internal bool HasValue { get; private set; }

    /// <summary>The name without its mark; empty for a positional parameter.</summary>
    internal string BareName { get; private set; } = "";

    /// <inheritdoc />
    public override void ResetDbType() => _dbType = null;

    /// <summary>A copy that belongs to no collection.</summary>
    public MicromegasParameter Clone() => new(ParameterName, Value)
    {
        _dbType = _dbType,
        _size = _size,
        DataTypeName = DataTypeName,
        IsNullable = IsNullable,
        Precision = Precision,
        Scale = Scale,
        SourceColumn = SourceColumn,
        SourceColumnNullMapping = SourceColumnNullMapping,
        SourceVersion = SourceVersion,
        HasValue = HasValue,
    };

    object ICloneable.Clone() => Clone();

    /// <inheritdoc />
    public override string ToString() => ParameterName;

    internal static string Strip(string name) => name.Length > 0 && name[0] is '@' or ':' or '$' ? name[1..] : name;
}
