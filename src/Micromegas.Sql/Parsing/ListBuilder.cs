using Micromegas.Sql.Syntax;

namespace Micromegas.Sql.Parsing;

/// <summary>Collects the elements of a <see cref="SyntaxList{T}"/>; allocates nothing until there is one.</summary>
internal struct ListBuilder<T>
{
    private T[]? _items;

    public int Count { get; private set; }

    public void Add(T item)
    {
        if (_items is null)
            _items = new T[4];
        else if (Count == _items.Length)
            Array.Resize(ref _items, Count * 2);
        _items[Count++] = item;
    }

    public SyntaxList<T> ToList()
    {
        if (_items is null)
            return [];
        if (_items.Length != Count)
            Array.Resize(ref _items, Count);
        return new SyntaxList<T>(_items);
    }
}
