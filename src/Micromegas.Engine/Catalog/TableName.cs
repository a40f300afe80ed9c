using Micromegas.Engine.Binding;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Catalog;

/// <summary>The name of a table: unquoted parts arrive folded to lower case.</summary>
/// <param name="Schema">The schema; <c>public</c> where a statement names none.</param>
/// <param name="Name">The table.</param>
public readonly record struct TableName(string Schema, string Name)
{
    /// <summary>A table of the default schema.</summary>
    public TableName(string name)
        : this(EngineNames.DefaultSchema, name)
    {
    }

    /// <summary>Whether the schema is the one that need not be written.</summary>
    public bool IsInDefaultSchema => Schema == EngineNames.DefaultSchema;

    /// <summary>What <c>table</c>, <c>schema.table</c> or <c>catalogue.schema.table</c> means; null for a catalogue that does not exist or too many parts.</summary>
    public static TableName? Of(QualifiedName name)
    {
        ArgumentNullException.ThrowIfNull(name);
        var parts = name.Parts;
        return parts.Count switch
        {
            1 => new TableName(parts[0].Value),
            2 => new TableName(parts[0].Value, parts[1].Value),
            3 when parts[0].Value == EngineNames.DefaultCatalog => new TableName(parts[1].Value, parts[2].Value),
            _ => null,
        };
    }

    public override string ToString() => IsInDefaultSchema ? Name : $"{Schema}.{Name}";
}

/// <summary>A table as information_schema lists it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind"><c>BASE TABLE</c>, <c>VIEW</c> or <c>LOCAL TEMPORARY</c>.</param>
public readonly record struct TableEntry(TableName Name, string Kind)
{
    public const string BaseTable = "BASE TABLE";
    public const string View = "VIEW";
}
