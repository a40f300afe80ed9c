namespace Micromegas.Telemetry;

/// <summary>How the value of a member is stored.</summary>
internal enum MemberForm : byte
{
    Missing,
    UInt8,
    UInt32,
    UInt64,
    Int64,
    Double,
    Reference,
    Object,
}

/// <summary>Where and how a member's value is stored in an instance; nested reference types are already resolved to their id.</summary>
internal readonly record struct MemberAccess(MemberForm Form, int Offset, TypeLayout? Nested);

/// <summary>A type of a list, checked and resolved once so that instances need only reads at known offsets (spec/data-lake.md §4.6).</summary>
internal sealed class TypeLayout
{
    // Bounds for hostile metadata: long chains of nested types, and a fan-out of them. Every type is resolved once, so time is linear.
    private const int MaxNesting = 128;
    private const int MaxFlattenedMembers = 4096;

    private readonly List<(string Name, MemberAccess Access)> members = [];
    private readonly List<int> references = [];

    private TypeLayout(TypeDescription description)
    {
        Name = description.Name;
        Size = description.Size;
        IsReference = description.IsReference;
    }

    public string Name { get; }

    /// <summary>0 for dynamic types.</summary>
    public ulong Size { get; }

    public bool IsReference { get; }

    /// <summary>Why no instance of this type can be decoded; null if they can.</summary>
    public string? Fault { get; private set; }

    public IReadOnlyList<(string Name, MemberAccess Access)> Members => members;

    /// <summary>Offsets of all ids in an instance, also of those that nobody asks for: each must name a dependency.</summary>
    public ReadOnlySpan<int> References => System.Runtime.InteropServices.CollectionsMarshal.AsSpan(references);

    /// <summary>The value that a reference type stands for.</summary>
    public MemberAccess Referenced { get; private set; }

    public static TypeLayout[] Resolve(IReadOnlyList<TypeDescription> types)
    {
        Resolution resolution = new(types);
        TypeLayout[] layouts = new TypeLayout[types.Count];
        for (int i = 0; i < layouts.Length; i++)
        {
            layouts[i] = resolution.Resolve(types[i], 0);
        }

        return layouts;
    }

    /// <summary>The first member of that name; <see cref="MemberForm.Missing"/> if there is none.</summary>
    public MemberAccess Find(string name)
    {
        foreach ((string member, MemberAccess access) in members)
        {
            if (member == name)
            {
                return access;
            }
        }

        return default;
    }

    private string? Fill(TypeDescription type, Resolution resolution, int depth)
    {
        foreach (MemberDescription member in type.Members)
        {
            if (Add(member, resolution, depth) is { } fault)
            {
                return fault;
            }
        }

        if (type.IsReference)
        {
            Referenced = Find("id");
            if (Referenced.Form == MemberForm.Missing)
            {
                return "a reference type has no member 'id'";
            }
        }

        return null;
    }

    private string? Add(MemberDescription member, Resolution resolution, int depth)
    {
        if (!Fits(member.Offset, member.Size))
        {
            return $"member '{member.Name}' lies beyond its type";
        }

        int offset = (int)member.Offset;
        if (member.IsReference)
        {
            if (member.Size < 8)
            {
                return $"reference member '{member.Name}' is shorter than an id";
            }

            members.Add((member.Name, new MemberAccess(MemberForm.Reference, offset, null)));
            references.Add(offset);
            return TooMany();
        }

        MemberForm form = member.TypeName switch
        {
            "u8" or "uint8" => MemberForm.UInt8,
            "u32" or "uint32" => MemberForm.UInt32,
            "u64" or "uint64" => MemberForm.UInt64,
            "i64" or "int64" => MemberForm.Int64,
            "f64" => MemberForm.Double,
            _ => MemberForm.Object,
        };
        if (form == MemberForm.Object)
        {
            return AddNested(member, offset, resolution, depth);
        }

        ulong expected = form switch { MemberForm.UInt8 => 1, MemberForm.UInt32 => 4, _ => 8 };
        if (member.Size != expected)
        {
            return $"member '{member.Name}' of type '{member.TypeName}' has {member.Size} bytes";
        }

        members.Add((member.Name, new MemberAccess(form, offset, null)));
        return TooMany();
    }

    private string? AddNested(MemberDescription member, int offset, Resolution resolution, int depth)
    {
        TypeDescription? type = resolution.Find(member.TypeName);
        if (type is null)
        {
            return $"member '{member.Name}' has the unknown type '{member.TypeName}'";
        }

        if (type.Size == 0 || !Fits(member.Offset, type.Size))
        {
            return $"member '{member.Name}' of type '{member.TypeName}' lies beyond its type";
        }

        TypeLayout nested = resolution.Resolve(type, depth + 1);
        if (nested.Fault is not null)
        {
            return nested.Fault;
        }

        foreach (int reference in nested.references)
        {
            references.Add(offset + reference);
        }

        MemberAccess access = nested.IsReference
            ? nested.Referenced with { Offset = offset + nested.Referenced.Offset }
            : new MemberAccess(MemberForm.Object, offset, nested);
        members.Add((member.Name, access));
        return TooMany();
    }

    private bool Fits(ulong offset, ulong size) => Size <= int.MaxValue && offset <= Size && size <= Size - offset;

    private string? TooMany() => members.Count + references.Count > MaxFlattenedMembers ? "the type has too many members" : null;

    private sealed class Resolution
    {
        private readonly Dictionary<string, TypeDescription> byName = new(StringComparer.Ordinal);
        private readonly Dictionary<TypeDescription, TypeLayout> resolved = new(ReferenceEqualityComparer.Instance);

        public Resolution(IReadOnlyList<TypeDescription> types)
        {
            foreach (TypeDescription type in types)
            {
                // The first of a name counts.
                byName.TryAdd(type.Name, type);
            }
        }

        public TypeDescription? Find(string name) => byName.GetValueOrDefault(name);

        public TypeLayout Resolve(TypeDescription type, int depth)
        {
            if (resolved.TryGetValue(type, out TypeLayout? layout))
            {
                return layout;
            }

            layout = new TypeLayout(type);
            resolved.Add(type, layout);
            if (type.Size == 0)
            {
                // Members of dynamic types are in-process offsets of some clients and mean nothing.
                return layout;
            }

            // Stands while the members are resolved, so that a type nested in itself meets it.
            layout.Fault = "types are nested in each other without end";
            if (depth <= MaxNesting)
            {
                layout.Fault = layout.Fill(type, this, depth);
            }

            return layout;
        }
    }
}
