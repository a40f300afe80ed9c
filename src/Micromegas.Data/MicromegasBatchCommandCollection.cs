using System.Data.Common;

namespace Micromegas.Data;

/// <summary>The statements of a <see cref="MicromegasBatch"/>, in the order in which they run.</summary>
public sealed class MicromegasBatchCommandCollection : DbBatchCommandCollection, IList<MicromegasBatchCommand>
{
    private readonly List<MicromegasBatchCommand> _items = [];

    internal MicromegasBatchCommandCollection()
    {
    }

    /// <inheritdoc cref="DbBatchCommandCollection.Count" />
    public override int Count => _items.Count;

    /// <inheritdoc cref="DbBatchCommandCollection.IsReadOnly" />
    public override bool IsReadOnly => false;

    /// <summary>The command at a position.</summary>
    /// <param name="index">From zero.</param>
    public new MicromegasBatchCommand this[int index]
    {
        get => _items[index];
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            _items[index] = value;
        }
    }

    /// <summary>Adds a command with this text.</summary>
    /// <param name="commandText">The statement.</param>
    /// <returns>The new command.</returns>
    public MicromegasBatchCommand Add(string commandText)
    {
        var command = new MicromegasBatchCommand(commandText);
        _items.Add(command);
        return command;
    }

    /// <inheritdoc />
    public void Add(MicromegasBatchCommand item)
    {
        ArgumentNullException.ThrowIfNull(item);
        _items.Add(item);
    }

    /// <inheritdoc />
    public override void Add(DbBatchCommand item) => _items.Add(Cast(item));

    /// <inheritdoc cref="DbBatchCommandCollection.Clear" />
    public override void Clear() => _items.Clear();

    /// <inheritdoc />
    public override bool Contains(DbBatchCommand item) => item is MicromegasBatchCommand command && _items.Contains(command);

    /// <inheritdoc />
    public bool Contains(MicromegasBatchCommand item) => _items.Contains(item);

    /// <inheritdoc />
    public override void CopyTo(DbBatchCommand[] array, int arrayIndex)
    {
        ArgumentNullException.ThrowIfNull(array);
        foreach (var command in _items)
        {
            array[arrayIndex++] = command;
        }
    }

    /// <inheritdoc />
    public void CopyTo(MicromegasBatchCommand[] array, int arrayIndex) => _items.CopyTo(array, arrayIndex);

    /// <inheritdoc />
    public override IEnumerator<DbBatchCommand> GetEnumerator() => _items.GetEnumerator();

    IEnumerator<MicromegasBatchCommand> IEnumerable<MicromegasBatchCommand>.GetEnumerator() => _items.GetEnumerator();

    /// <inheritdoc />
    public override int IndexOf(DbBatchCommand item) => item is MicromegasBatchCommand command ? _items.IndexOf(command) : -1;

    /// <inheritdoc />
    public int IndexOf(MicromegasBatchCommand item) => _items.IndexOf(item);

    /// <inheritdoc />
    public override void Insert(int index, DbBatchCommand item) => _items.Insert(index, Cast(item));

    /// <inheritdoc />
    public void Insert(int index, MicromegasBatchCommand item) => Insert(index, (DbBatchCommand)item);

    /// <inheritdoc />
    public override bool Remove(DbBatchCommand item) => item is MicromegasBatchCommand command && _items.Remove(command);

    /// <inheritdoc />
    public bool Remove(MicromegasBatchCommand item) => _items.Remove(item);

    /// <inheritdoc cref="DbBatchCommandCollection.RemoveAt" />
    public override void RemoveAt(int index) => _items.RemoveAt(index);

    /// <inheritdoc />
    protected override DbBatchCommand GetBatchCommand(int index) => _items[index];

    /// <inheritdoc />
    protected override void SetBatchCommand(int index, DbBatchCommand batchCommand) => _items[index] = Cast(batchCommand);

    private static MicromegasBatchCommand Cast(DbBatchCommand item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return item as MicromegasBatchCommand ?? throw new InvalidCastException($"A {nameof(MicromegasBatchCommand)} is expected, not a {item.GetType()}.");
    }
}
