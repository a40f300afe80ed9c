using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Micromegas.Columnar;
using Vector = Micromegas.Columnar.Vector;

namespace Micromegas.Data.Reading;

/// <summary>
/// Gives the values of one result column as CLR values, without boxing in the typed getters. A reader is made for a field and then bound to the vector
/// of each batch; dictionaries and constants are resolved here, once, so that the subclasses see plain vectors.
/// </summary>
internal abstract unsafe class ColumnReader(Field field)
{
    private Vector? _source;
    private int* _codes;
    private int[]? _resolved;
    private bool _isConstant;

    // What most batches are: decided once a batch, so that getters are left with a comparison each.
    private bool _isPlain;
    private bool _mayBeNull;
    private ulong* _validity;
    private void* _values;
    private DirectKind _direct;

    /// <summary>The getters that need no more than to look into the batch.</summary>
    internal enum DirectKind : byte
    {
        None,
        Int32,
        Int64,
        Double,
    }

    internal Field Field { get; } = field;

    /// <summary>The logical type without the dictionary.</summary>
    internal DataType Type { get; } = field.Type.ValueType;

    /// <summary>What <see cref="GetValue"/> returns.</summary>
    internal abstract Type ClrType { get; }

    internal void Bind(Vector vector)
    {
        _source = vector;
        _codes = null;
        _resolved = null;
        _isConstant = false;
        _isPlain = false;
        _direct = DirectKind.None;
        _mayBeNull = vector.MayHaveNulls;
        _validity = vector is ConstantVector or DictionaryVector { Values.MayHaveNulls: true } ? null : vector.Validity;
        switch (vector)
        {
            case ConstantVector { Value: not (DictionaryVector or ConstantVector) } constant:
                _isConstant = true;
                BindPlain(constant.Value);
                break;
            case DictionaryVector { Values: not (DictionaryVector or ConstantVector) } dictionary:
                _codes = dictionary.Codes;
                BindPlain(dictionary.Values);
                break;
            case ConstantVector or DictionaryVector:
                BindNested(vector);
                break;
            default:
                _isPlain = true;
                BindPlain(vector);
                break;
        }
    }

    internal void Unbind()
    {
        _source = null;
        _codes = null;
        _resolved = null;
        _validity = null;
        _direct = DirectKind.None;
    }

    internal bool IsNull(int row) => _mayBeNull && (_validity != null ? !Bitmap.Get(_validity, row) : _source!.IsNull(row));

    /// <summary>The values of the batch, row by row, when none is null and they are stored as the getter gives them; else null.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void* Direct(DirectKind kind) => _direct == kind ? _values : null;

    /// <summary>Says, when a batch is bound, that a getter may look at the values itself.</summary>
    protected void OfferDirect(DirectKind kind, void* values)
    {
        if (_isPlain && !_mayBeNull)
        {
            _values = values;
            _direct = kind;
        }
    }

    /// <summary>The codes of the batch while it is dictionary-coded.</summary>
    protected int* Codes => _codes;

    /// <summary>Whether the plain vector is a dictionary's, whose values do not change as long as it lives.</summary>
    protected bool IsDictionary => _codes != null;

    /// <summary>The row of the plain vector that holds the value of a row of the batch.</summary>
    protected int Locate(int row) => _isPlain ? row : LocateElsewhere(row);

    private int LocateElsewhere(int row) => _codes != null ? _codes[row] : _isConstant ? 0 : _resolved is null ? row : _resolved[row];

    /// <summary>Takes the plain vector of a batch; a <see cref="NullVector"/> may stand for any type.</summary>
    protected abstract void BindPlain(Vector vector);

    internal abstract object GetValue(int row);

    internal virtual bool GetBoolean(int row) => throw Mismatch(typeof(bool));

    internal virtual long GetInt64(int row) => throw Mismatch(typeof(long));

    internal virtual int GetInt32(int row) => GetInteger<int>(row);

    /// <summary>The integer that a getter of another width narrows or widens.</summary>
    protected virtual long GetCount(int row, Type wanted) => GetInt64(row);

    internal virtual Int128 GetInt128(int row) => GetCount(row, typeof(Int128));

    internal virtual BigInteger GetBigInteger(int row) => GetInt128(row);

    internal virtual float GetSingle(int row) => throw Mismatch(typeof(float));

    internal virtual double GetDouble(int row) => throw Mismatch(typeof(double));

    internal virtual Half GetHalf(int row) => throw Mismatch(typeof(Half));

    internal virtual decimal GetDecimal(int row) => throw Mismatch(typeof(decimal));

    internal virtual string GetString(int row) => throw Mismatch(typeof(string));

    internal virtual char GetChar(int row) => throw Mismatch(typeof(char));

    /// <summary>The UTF-8 form of a text, valid as long as the batch.</summary>
    internal virtual ReadOnlySpan<byte> GetUtf8(int row) => throw Mismatch(typeof(string));

    internal virtual byte[] GetBytes(int row) => throw Mismatch(typeof(byte[]));

    internal virtual Guid GetGuid(int row) => throw Mismatch(typeof(Guid));

    internal virtual DateTime GetDateTime(int row) => throw Mismatch(typeof(DateTime));

    internal virtual NanoTimestamp GetNanoTimestamp(int row) => throw Mismatch(typeof(NanoTimestamp));

    internal virtual DateOnly GetDateOnly(int row) => throw Mismatch(typeof(DateOnly));

    internal virtual TimeOnly GetTimeOnly(int row) => throw Mismatch(typeof(TimeOnly));

    internal virtual TimeSpan GetTimeSpan(int row) => throw Mismatch(typeof(TimeSpan));

    internal virtual MicromegasInterval GetInterval(int row) => throw Mismatch(typeof(MicromegasInterval));

    /// <summary>A value of a type that only some columns offer (arrays, dictionaries, JSON documents); false when this column does not.</summary>
    internal virtual bool TryGetObject(Type type, int row, out object? value)
    {
        value = null;
        return false;
    }

    /// <summary>Writes the value of a row that is not null as JSON: numbers and Booleans as such, instants in ISO 8601, bytes in Base64.</summary>
    internal virtual void WriteJson(Utf8JsonWriter writer, int row) => NestedJson.WriteScalar(writer, this, row);

    /// <summary>A narrower integer, range checked.</summary>
    internal T GetInteger<T>(int row)
        where T : IBinaryInteger<T>
    {
        try
        {
            return T.CreateChecked(GetCount(row, typeof(T)));
        }
        catch (OverflowException e)
        {
            throw new OverflowException($"The value of column '{Field.Name}' does not fit {typeof(T).Name}.", e);
        }
    }

    /// <summary>An unsigned 64-bit integer, range checked.</summary>
    internal ulong GetUInt64(int row)
    {
        var value = GetInt128(row);
        return value >= 0 && value <= ulong.MaxValue ? (ulong)value : throw new OverflowException($"The value of column '{Field.Name}' does not fit UInt64.");
    }

    internal InvalidCastException Mismatch(Type wanted)
        => new(string.Create(CultureInfo.InvariantCulture, $"Column '{Field.Name}' has type {Field.Type} and cannot be read as {wanted}."));

    // Dictionaries of dictionaries and constants of dictionaries are rare: the codes are written out once a batch.
    private void BindNested(Vector vector)
    {
        _resolved = new int[vector.Length];
        Vector? plain = null;
        for (var i = 0; i < _resolved.Length; i++)
        {
            if (!vector.IsNull(i))
            {
                var row = i;
                plain = vector.Resolve(ref row);
                _resolved[i] = row;
            }
        }

        BindPlain(plain ?? new NullVector(vector.Length));
    }
}
