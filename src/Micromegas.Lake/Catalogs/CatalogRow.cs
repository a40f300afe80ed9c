using System.Data.Common;

namespace Micromegas.Lake.Catalogs;

/// <summary>
/// Reads the columns of a catalogue row. Upstream leaves nearly every column nullable: absent values become defaults. The records expect the columns in the
/// order of <see cref="CatalogSchema"/>.
/// </summary>
internal abstract class CatalogRow(DbDataReader reader)
{
    protected DbDataReader Reader { get; } = reader;

    public string Text(int column) => OptionalText(column) ?? "";

    public string? OptionalText(int column) => Reader.IsDBNull(column) ? null : Reader.GetString(column);

    public long Integer(int column) => Reader.IsDBNull(column) ? 0 : Reader.GetInt64(column);

    /// <summary>A number of 32 bits.</summary>
    public abstract int SmallInteger(int column);

    public byte[] Bytes(int column) => Reader.IsDBNull(column) ? [] : Reader.GetFieldValue<byte[]>(column);

    /// <summary>Nanoseconds since 1970.</summary>
    public long Time(int column) => OptionalTime(column) ?? 0;

    public abstract long? OptionalTime(int column);

    /// <exception cref="LakeException">There is none.</exception>
    public Guid Id(int column) => OptionalId(column) ?? throw Throw.CorruptCatalog($"{Reader.GetName(column)} is missing");

    public abstract Guid? OptionalId(int column);

    public ProcessRecord Process() => new()
    {
        ProcessId = Id(0),
        Exe = Text(1),
        Username = Text(2),
        Realname = Text(3),
        Computer = Text(4),
        Distro = Text(5),
        CpuBrand = Text(6),
        TscFrequency = Integer(7),
        StartTime = Time(8),
        StartTicks = Integer(9),
        InsertTime = Time(10),
        ParentProcessId = OptionalId(11),
        Properties = CatalogJson.ToProperties(OptionalText(12)),
    };

    public StreamRecord Stream() => new()
    {
        StreamId = Id(0),
        ProcessId = Id(1),
        DependenciesMetadata = Bytes(2),
        ObjectsMetadata = Bytes(3),
        Tags = CatalogJson.ToTexts(OptionalText(4)),
        Properties = CatalogJson.ToProperties(OptionalText(5)),
        InsertTime = Time(6),
        Format = Text(7),
    };

    public BlockRecord Block() => new()
    {
        BlockId = Id(0),
        StreamId = Id(1),
        ProcessId = Id(2),
        BeginTime = Time(3),
        BeginTicks = Integer(4),
        EndTime = Time(5),
        EndTicks = Integer(6),
        ObjectCount = SmallInteger(7),
        ObjectOffset = Integer(8),
        PayloadSize = Integer(9),
        InsertTime = Time(10),
    };

    /// <summary>Number, number of objects, first and last insertion of blocks, from four columns.</summary>
    public BlockTotals Totals(int column) => new(Integer(column), Integer(column + 1), Time(column + 2), Time(column + 3));

    /// <summary>Key, process, and the latest insertion, ticks and event of its blocks.</summary>
    public (Guid Id, Guid Process, Activity Last) Activity() => (Id(0), Id(1), new Activity(Time(2), Integer(3), Time(4)));

    public PartitionRecord Partition() => new()
    {
        ViewSet = Text(0),
        InstanceId = Text(1),
        InsertRange = new LakeTimeRange(Time(2), Time(3)),
        EventRange = OptionalTime(4) is { } begin && OptionalTime(5) is { } end ? new LakeTimeRange(begin, end) : null,
        Updated = Time(6),
        FilePath = OptionalText(7),
        FileSize = Integer(8),
        SchemaHash = Bytes(9),
        SourceHash = Bytes(10),
        RowCount = Integer(11),
        FormatVersion = SmallInteger(12),
        SortOrder = CatalogJson.ToTexts(OptionalText(13)),
        MaxSortKeyTime = OptionalTime(14),
    };

    public TemporaryFile TemporaryFile() => new(Text(0), Integer(1), Time(2));

    public FailedBlock FailedBlock() => new(Id(0), Text(1), Text(2), Time(3));

    public BlockDeletion BlockDeletion() => new(Id(0), Text(1), Integer(2), Time(3), Time(4));
}
