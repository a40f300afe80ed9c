using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Micromegas.Data.Mapping;

/// <summary>
/// Makes objects of rows: one column gives a value, tuples take the columns in their order, other types take them by name, through the constructor with the
/// most parameters or through settable properties. Names compare without regard to case and underscores (<c>process_id</c>, <c>ProcessId</c>).
/// </summary>
/// <remarks>Where the runtime can compile, the mapper is compiled and reads through the typed getters; elsewhere (native AOT) it goes through reflection.</remarks>
internal static class RowMapper<[DynamicallyAccessedMembers(Members)] T>
{
    internal const DynamicallyAccessedMemberTypes Members = DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicProperties;

    // A type is read from a handful of statements; what goes beyond is compiled again.
    private const int MostShapes = 64;
    private static readonly ConcurrentDictionary<string, Func<MicromegasDataReader, T>> Cache = new(StringComparer.Ordinal);

    /// <exception cref="InvalidOperationException">A constructor's parameter or no property has a column.</exception>
    internal static Func<MicromegasDataReader, T> For(MicromegasDataReader reader)
    {
        if (typeof(T) == typeof(object) || BoxedFields.Knows(typeof(T)))
        {
            return static reader => default(T) is null && reader.IsDBNull(0) ? default! : reader.GetFieldValue<T>(0);
        }

        var names = new string[reader.FieldCount];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = reader.GetName(i);
        }

        var shape = string.Join('\0', names);
        if (Cache.TryGetValue(shape, out var mapper))
        {
            return mapper;
        }

        mapper = Create(names);
        if (Cache.Count < MostShapes)
        {
            Cache[shape] = mapper;
        }

        return mapper;
    }

    private static Func<MicromegasDataReader, T> Create(string[] names)
    {
        var constructor = Constructor(names, out var ordinals);
        var properties = constructor.GetParameters().Length > 0 ? [] : Properties(names);
        return RuntimeFeature.IsDynamicCodeCompiled
            ? Compile(constructor, ordinals, properties)
            : Reflect(constructor, ordinals, properties);
    }

    private static ConstructorInfo Constructor(string[] names, out int[] ordinals)
    {
        var constructors = typeof(T).GetConstructors();
        Array.Sort(constructors, static (a, b) => b.GetParameters().Length.CompareTo(a.GetParameters().Length));
        foreach (var constructor in constructors)
        {
            var parameters = constructor.GetParameters();

            // A record's copy constructor takes the record.
            if (parameters is [{ } only] && only.ParameterType == typeof(T))
            {
                continue;
            }

            ordinals = IsTuple ? Enumerable.Range(0, parameters.Length).ToArray() : Array.ConvertAll(parameters, parameter => Find(names, parameter.Name));
            if (IsTuple && (parameters.Length != names.Length || parameters.Length > 7))
            {
                throw new InvalidOperationException(parameters.Length > 7
                    ? "A tuple takes seven columns at most; use a record."
                    : $"The result has {names.Length} columns, {typeof(T)} has {parameters.Length}.");
            }

            if (Array.TrueForAll(ordinals, static ordinal => ordinal >= 0))
            {
                return constructor;
            }
        }

        throw new InvalidOperationException($"No constructor of {typeof(T)} can be called with the columns {string.Join(", ", names)}.");
    }

    private static bool IsTuple => typeof(T).IsGenericType && typeof(T).IsAssignableTo(typeof(ITuple)) && typeof(T).Namespace == "System";

    private static (PropertyInfo Property, int Ordinal)[] Properties(string[] names)
    {
        var found = new List<(PropertyInfo, int)>();
        foreach (var property in typeof(T).GetProperties())
        {
            if (property.SetMethod is { IsPublic: true } && Find(names, property.Name) is >= 0 and var ordinal)
            {
                found.Add((property, ordinal));
            }
        }

        return found.Count > 0 ? [.. found] : throw new InvalidOperationException($"No property of {typeof(T)} is called like one of the columns {string.Join(", ", names)}.");
    }

    private static int Find(string[] names, string? wanted) => Array.FindIndex(names, name => Fold(name).Equals(Fold(wanted ?? ""), StringComparison.OrdinalIgnoreCase));

    private static string Fold(string name) => name.Replace("_", "", StringComparison.Ordinal);

    [UnconditionalSuppressMessage("AOT", "IL3050", Justification = "Called only where the runtime compiles.")]
    private static Func<MicromegasDataReader, T> Compile(ConstructorInfo constructor, int[] ordinals, (PropertyInfo Property, int Ordinal)[] properties)
    {
        var reader = Expression.Parameter(typeof(MicromegasDataReader), "reader");
        var parameters = constructor.GetParameters();
        Expression row = Expression.New(constructor, ordinals.Select((ordinal, i) => Field(reader, ordinal, parameters[i].ParameterType)));
        if (properties.Length > 0)
        {
            row = Expression.MemberInit((NewExpression)row, properties.Select(found => Expression.Bind(found.Property, Field(reader, found.Ordinal, found.Property.PropertyType))));
        }

        return Expression.Lambda<Func<MicromegasDataReader, T>>(row, reader).Compile();
    }

    [RequiresDynamicCode("Makes a generic method.")]
    [UnconditionalSuppressMessage("Trimming", "IL2060", Justification = "GetFieldValue asks nothing of its type argument.")]
    private static Expression Field(ParameterExpression reader, int ordinal, Type type)
    {
        var position = Expression.Constant(ordinal);
        var value = Expression.Call(reader, BoxedFields.GetFieldValue.MakeGenericMethod(type), position);

        // What may be null takes it; nullable values do so in the getter.
        return type.IsValueType
            ? value
            : Expression.Condition(Expression.Call(reader, BoxedFields.IsDBNull, position), Expression.Constant(null, type), value);
    }

    private static Func<MicromegasDataReader, T> Reflect(ConstructorInfo constructor, int[] ordinals, (PropertyInfo Property, int Ordinal)[] properties)
    {
        var types = Array.ConvertAll(constructor.GetParameters(), static parameter => parameter.ParameterType);
        return reader =>
        {
            var arguments = new object?[ordinals.Length];
            for (var i = 0; i < arguments.Length; i++)
            {
                arguments[i] = BoxedFields.Get(reader, ordinals[i], types[i]);
            }

            var row = constructor.Invoke(arguments);
            foreach (var (property, ordinal) in properties)
            {
                property.SetValue(row, BoxedFields.Get(reader, ordinal, property.PropertyType));
            }

            return (T)row;
        };
    }
}
