using System.Collections;
using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Micromegas.Data;

/// <summary>The parameters of a command. Names are found without regard to case and to their mark (<c>@</c>, <c>:</c>, <c>$</c>).</summary>
public sealed class MicromegasParameterCollection : DbParameterCollection, IList<MicromegasParameter>, IReadOnlyList<MicromegasParameter>
{
    private readonly List<MicromegasParameter> _items = [];

    internal MicromegasParameterCollection()
    {
    }

    /// <inheritdoc cref="DbParameterCollection.Count" />
    public override int Count => _items.Count;

    /// <inheritdoc />
    public override object SyncRoot => ((ICollection)_items).SyncRoot;

    /// <summary>The parameter at a position.</summary>
    /// <param name="index">From zero.</param>
    public new MicromegasParameter this[int index]
    {
        get => _items[Checked(index)];
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _items[Checked(index)] = value;
        }
    }

    /// <summary>The parameter of a name.</summary>
    /// <param name="parameterName">The name, with or without its mark.</param>
    /// <exception cref="IndexOutOfRangeException">There is none.</exception>
    public new MicromegasParameter this[string parameterName]
    {
        get => _items[Named(parameterName)];
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _items[Named(parameterName)] = value;
        }
    }

    /// <summary>Adds a parameter.</summary>
    /// <param name="parameter">The parameter.</param>
    /// <returns>The same parameter.</returns>
    public MicromegasParameter Add(MicromegasParameter parameter)
    {
        ArgumentNullException.ThrowIfNull(parameter);
        _items.Add(parameter);
        return parameter;
    }

    /// <summary>Adds a parameter of a type, whose value is set later.</summary>
    /// <param name="parameterName">The name, with or without its mark.</param>
    /// <param name="type">The type.</param>
    public MicromegasParameter Add(string parameterName, DbType type) => Add(new MicromegasParameter { ParameterName = parameterName, DbType = type });

    /// <summary>Adds a named value.</summary>
    /// <param name="parameterName">The name, with or without its mark.</param>
    /// <param name="value">The value.</param>
    public MicromegasParameter AddWithValue(string parameterName, object? value) => Add(new MicromegasParameter(parameterName, value));

    /// <summary>Adds a positional value (<c>$1</c>, <c>?</c>).</summary>
    /// <param name="value">The value.</param>
    public MicromegasParameter AddWithValue(object? value) => Add(new MicromegasParameter(null, value));

    /// <inheritdoc />
    public override int Add(object value)
    {
        _items.Add(Cast(value));
        return _items.Count - 1;
    }

    /// <inheritdoc />
    public override void AddRange(Array values)
    {
        ArgumentNullException.ThrowIfNull(values);
        foreach (var value in values)
        {
            Add(value!);
        }
    }

    /// <inheritdoc cref="DbParameterCollection.Clear" />
    public override void Clear() => _items.Clear();

    /// <inheritdoc />
    public override bool Contains(object value) => value is MicromegasParameter parameter && _items.Contains(parameter);

    /// <inheritdoc />
    public override bool Contains(string value) => IndexOf(value) >= 0;

    /// <inheritdoc />
    public bool Contains(MicromegasParameter item) => _items.Contains(item);

    /// <inheritdoc />
    public override void CopyTo(Array array, int index) => ((ICollection)_items).CopyTo(array, index);

    /// <inheritdoc />
    public void CopyTo(MicromegasParameter[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

    /// <inheritdoc />
    public override IEnumerator GetEnumerator() => _items.GetEnumerator();

    IEnumerator<MicromegasParameter> IEnumerable<MicromegasParameter>.GetEnumerator() => _items.GetEnumerator();

    /// <inheritdoc />
    public override int IndexOf(object value) => value is MicromegasParameter parameter ? _items.IndexOf(parameter) : -1;

    /// <inheritdoc />
    public override int IndexOf(string parameterName)
    {
        if (string.IsNullOrEmpty(parameterName))
        {
            return -1;
        }

        var name = MicromegasParameter.Strip(parameterName);
        var exact = _items.FindIndex(item => string.Equals(item.BareName, name, StringComparison.Ordinal));
        return exact >= 0 ? exact : _items.FindIndex(item => string.Equals(item.BareName, name, StringComparison.OrdinalIgnoreCase));
    }

    /// <inheritdoc />
    public int IndexOf(MicromegasParameter item) => _items.IndexOf(item);

    /// <inheritdoc />
    public override void Insert(int index, object value) => _items.Insert(index, Cast(value));

    /// <inheritdoc />
    public void Insert(int index, MicromegasParameter item) => Insert(index, (object)item);

    /// <inheritdoc />
    public override void Remove(object value) => _items.Remove(Cast(value));

    /// <inheritdoc />
    public bool Remove(MicromegasParameter item) => _items.Remove(item);

    /// <inheritdoc cref="DbParameterCollection.RemoveAt(int)" />
    public override void RemoveAt(int index) => _items.RemoveAt(index);

    /// <inheritdoc />
    public override void RemoveAt(string parameterName) => _items.RemoveAt(Named(parameterName));

    void ICollection<MicromegasParameter>.Add(MicromegasParameter item) => Add(item);

    /// <inheritdoc />
    protected override DbParameter GetParameter(int index) => this[index];

    /// <inheritdoc />
    protected override DbParameter GetParameter(string parameterName) => this[parameterName];

    /// <inheritdoc />
    protected override void SetParameter(int index, DbParameter value) => this[index] = Cast(value);

    /// <inheritdoc />
    protected override void SetParameter(string parameterName, DbParameter value) => this[parameterName] = Cast(value);

    private static MicromegasParameter Cast([NotNull] object? value)
    {
        ArgumentNullException.ThrowIfNull(value);
        return value as MicromegasParameter ?? throw new InvalidCastException($"A {nameof(MicromegasParameter)} is expected, not a {value.GetType()}.");
    }

    private int Checked(int index) => index >= 0 && index < _items.Count
        ? index
        : throw Throw.OutOfRange($"There is no parameter {index}; the command has {_items.Count}.");

    private int Named(string parameterName)
    {
        var index = IndexOf(parameterName);
        return index >= 0 ? index : throw Throw.OutOfRange($"There is no parameter '{parameterName}'.");
    }
}
