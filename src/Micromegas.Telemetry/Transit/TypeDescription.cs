namespace Micromegas.Telemetry;

/// <summary>A type of a native stream as its metadata describes it (spec/data-lake.md §4.2).</summary>
/// <param name="Name">Type name, which drives all dispatch.</param>
/// <param name="Size">Bytes of a fixed-size instance; 0 when every instance carries its own length.</param>
/// <param name="Members">Members in list order; ignored when the size is 0.</param>
/// <param name="IsReference">A value of this type stands for the dependency that its member <c>id</c> names.</param>
public sealed record TypeDescription(string Name, ulong Size, IReadOnlyList<MemberDescription> Members, bool IsReference);

/// <summary>A member of a fixed-size type.</summary>
/// <param name="Name">Member name.</param>
/// <param name="TypeName">Type of the value; without meaning for references.</param>
/// <param name="Offset">Byte offset inside the instance.</param>
/// <param name="Size">Bytes.</param>
/// <param name="IsReference">The first eight bytes are the id of a dependency.</param>
public sealed record MemberDescription(string Name, string TypeName, ulong Offset, ulong Size, bool IsReference);
