using System.Collections;
using System.Runtime.CompilerServices;

namespace Micromegas.Sql.Syntax;

/// <summary>An immutable list that compares by its elements, so that records which hold one compare by structure.</summary>
/// <typeparam name="T">The element type.</typeparam>
[CollectionBuilder(typeof(SyntaxList), nameof(SyntaxList.Create))]
public sealed class SyntaxList<T> : IReadOnlyList<T>, IEquatable<SyntaxList<T>>
{
    private readonly T[] _items;

    internal SyntaxList(T[] items) => _items = items;

    /// <summary>The list without elements.</summary>
    internal static SyntaxList<T> Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <summary>Whether there is no element.</summary>
    public bool IsEmpty => _items.Length == 0;

    /// <inheritdoc/>
    public T this[int index] => _items[index];

    /// <summary>The elements as a span.</summary>
    public ReadOnlySpan<T> AsSpan() => _items;

    /// <summary>Enumerates without allocation.</summary>
    public ReadOnlySpan<T>.Enumerator GetEnumerator() => AsSpan().GetEnumerator();

    IEnumerator<T> IEnumerable<T>.GetEnumerator() => ((IEnumerable<T>)_items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => _items.GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(SyntaxList<T>? other)
    {
        if (ReferenceEquals(this, other))
            return true;
        if (other is null || other._items.Length != _items.Length)
            return false;
        for (var i = 0; i < _items.Length; i++)
        {
            if (!EqualityComparer<T>.Default.Equals(_items[i], other._items[i]))
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SyntaxList<T>);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var item in _items)
            hash.Add(item);
        return hash.ToHashCode();
    }
}

/// <summary>Makes <see cref="SyntaxList{T}"/>; also behind collection expressions.</summary>
public static class SyntaxList
{
    /// <summary>A list of copies of the elements.</summary>
    public static SyntaxList<T> Create<T>(ReadOnlySpan<T> items) => items.IsEmpty ? SyntaxList<T>.Empty : new SyntaxList<T>(items.ToArray());
}
