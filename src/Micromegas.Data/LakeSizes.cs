namespace Micromegas.Data;

/// <summary>What the partitions of a view instance take.</summary>
/// <param name="ViewSet">The view set.</param>
/// <param name="InstanceId"><c>global</c>, or the id of a process or stream.</param>
/// <param name="Partitions">How many there are.</param>
/// <param name="RowCount">Their rows.</param>
/// <param name="Bytes">Bytes of their files.</param>
public sealed record LakeViewSize(string ViewSet, string InstanceId, long Partitions, long RowCount, long Bytes);

/// <summary>What the raw blocks of a process take.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Exe">Its program.</param>
/// <param name="Blocks">How many there are.</param>
/// <param name="Bytes">Bytes of their objects.</param>
public sealed record LakeProcessSize(Guid ProcessId, string Exe, long Blocks, long Bytes);

/// <summary>A process that retention spares.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="Reason">Why.</param>
/// <param name="PinnedAt">Since when.</param>
public sealed record LakePin(Guid ProcessId, string Reason, NanoTimestamp PinnedAt);

/// <summary>A flaw that <see cref="LakeAdministration.CheckAsync"/> found.</summary>
/// <param name="Flaw">What is wrong: MissingFile, DamagedFile, InvalidRecord, OverlappingRecords, OrphanFile, OrphanBlob or MissingBlob.</param>
/// <param name="Subject">The object, or the partition as view set, instance and begin.</param>
/// <param name="Detail">More about it.</param>
/// <param name="IsRepaired">Whether it was put right.</param>
public sealed record LakeCheckFinding(string Flaw, string Subject, string Detail, bool IsRepaired);

/// <summary>A bucket of a global view whose partitions do not hold all that there is.</summary>
/// <param name="ViewSet">The view.</param>
/// <param name="BeginInsertTime">The bucket's first insert time.</param>
/// <param name="EndInsertTime">The end of its insert times, exclusive.</param>
/// <param name="State">Missing, Incomplete, or Outdated: more than there is, where a view follows its source also in that.</param>
/// <param name="ExpectedCount">The source's count: objects of blocks, blocks, or what the view's count query gives.</param>
/// <param name="FoundCount">What the partitions count.</param>
public sealed record LakePartitionGap(string ViewSet, NanoTimestamp BeginInsertTime, NanoTimestamp EndInsertTime, string State, long ExpectedCount, long FoundCount);
