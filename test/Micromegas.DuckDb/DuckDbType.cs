using System.Runtime.InteropServices;
using Micromegas.DuckDb.Native;

namespace Micromegas.DuckDb;

/// <summary>A column's type with what is needed to read its values.</summary>
public sealed class DuckDbType
{
    private DuckDbType(DuckDbTypeId id) => Id = id;

    public DuckDbTypeId Id { get; }

    /// <summary>Digits of a decimal.</summary>
    public int Width { get; private init; }

    /// <summary>Digits behind a decimal's point.</summary>
    public int Scale { get; private init; }

    /// <summary>Items of an array of fixed size.</summary>
    public int ArraySize { get; private init; }

    /// <summary>Item of a list or array; fields of a struct; key and value of a map.</summary>
    public IReadOnlyList<DuckDbType> Children { get; private init; } = [];

    /// <summary>Field names of a struct; values of an enumeration.</summary>
    public IReadOnlyList<string> Names { get; private init; } = [];

    /// <summary>How a decimal's digits or an enumeration's index are stored.</summary>
    internal DuckDbTypeId Storage { get; private init; }

    public override string ToString() => Id.ToString();

    /// <summary>Reads a type and frees its handle.</summary>
    internal static unsafe DuckDbType Take(nint handle)
    {
        try
        {
            var id = DuckDbNative.TypeId(handle);
            return id switch
            {
                DuckDbTypeId.Decimal => new(id)
                {
                    Width = DuckDbNative.DecimalWidth(handle),
                    Scale = DuckDbNative.DecimalScale(handle),
                    Storage = DuckDbNative.DecimalInternalType(handle),
                },
                DuckDbTypeId.Enum => new(id) { Storage = DuckDbNative.EnumInternalType(handle), Names = EnumNames(handle) },
                DuckDbTypeId.List => new(id) { Children = [Take(DuckDbNative.ListTypeChild(handle))] },
                DuckDbTypeId.Array => new(id)
                {
                    Children = [Take(DuckDbNative.ArrayTypeChild(handle))],
                    ArraySize = checked((int)DuckDbNative.ArrayTypeSize(handle)),
                },
                DuckDbTypeId.Map => new(id) { Children = [Take(DuckDbNative.MapTypeKey(handle)), Take(DuckDbNative.MapTypeValue(handle))] },
                DuckDbTypeId.Struct => StructOf(handle),
                _ => new(id),
            };
        }
        finally
        {
            DuckDbNative.DestroyLogicalType(ref handle);
        }
    }

    private static unsafe string[] EnumNames(nint handle)
    {
        var names = new string[DuckDbNative.EnumDictionarySize(handle)];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = DuckDbNative.TakeText(DuckDbNative.EnumDictionaryValue(handle, (ulong)i));
        }

        return names;
    }

    private static unsafe DuckDbType StructOf(nint handle)
    {
        var names = new string[DuckDbNative.StructTypeChildCount(handle)];
        var children = new DuckDbType[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = DuckDbNative.TakeText(DuckDbNative.StructTypeChildName(handle, (ulong)i));
            children[i] = Take(DuckDbNative.StructTypeChildType(handle, (ulong)i));
        }

        return new(DuckDbTypeId.Struct) { Names = names, Children = children };
    }
}
