namespace Micromegas.Columnar;

/// <summary>Rows of a vector that are written: a range, or row numbers of which -1 stands for a null.</summary>
internal readonly unsafe struct IpcRows(int start, int count, int* numbers = null)
{
    public int Start => start;

    public int Count => count;

    public int* Numbers => numbers;

    public bool IsRange => numbers == null;

    public int this[int i] => numbers == null ? start + i : numbers[i];
}
