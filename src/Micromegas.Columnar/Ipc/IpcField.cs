using System.Collections.Immutable;

namespace Micromegas.Columnar;

/// <summary>A field of an IPC schema: what <see cref="Columnar.Field"/> says, and the id of its dictionary.</summary>
/// <param name="Field">Name, type and whether nulls are allowed.</param>
/// <param name="DictionaryId">What dictionary batches of this field are marked with; <see cref="NoDictionary"/> when it is not dictionary-coded.</param>
/// <param name="Children">The fields of the type, or of the dictionary's values.</param>
internal sealed record IpcField(Field Field, long DictionaryId, IpcField[] Children)
{
    public const long NoDictionary = long.MinValue;

    /// <summary>The fields of a schema, with ids that count dictionary fields from 0, depth first, parents first.</summary>
    public static IpcField[] Number(Schema schema)
    {
        long next = 0;
        return [.. schema.Fields.Select(field => Number(field, ref next))];
    }

    public static Schema SchemaOf(IpcField[] fields) => new(fields.Select(static field => field.Field).ToImmutableArray());

    /// <summary>The field of a dictionary's values: the same type and children without the dictionary.</summary>
    public IpcField Values => new(new Field(Field.Name, Field.Type.ValueType), NoDictionary, Children);

    /// <summary>Whether a dictionary lies somewhere below this field.</summary>
    public bool HoldsDictionaries => Children.Any(static child => child.DictionaryId != NoDictionary || child.HoldsDictionaries);

    private static IpcField Number(Field field, ref long next)
    {
        var id = field.Type.IsDictionary ? next++ : NoDictionary;
        var fields = field.Type.ValueType.Fields;
        var children = new IpcField[fields.Length];
        for (var i = 0; i < children.Length; i++)
        {
            children[i] = Number(fields[i], ref next);
        }
        return new IpcField(field, id, children);
    }
}
