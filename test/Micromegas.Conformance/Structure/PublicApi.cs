using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Micromegas.Conformance.Structure;

/// <summary>What an assembly offers to other programs, as text: a line a type, then a line a member, in ordinal order.</summary>
internal static class PublicApi
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    private static readonly NullabilityInfoContext Nullability = new();

    public static string Describe(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().OrderBy(static type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(TypeLine(type)).Append('\n');
            foreach (var line in Members(type).Distinct().Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(line).Append('\n');
            }
        }
        return text.ToString();
    }

    private static string TypeLine(Type type)
    {
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsValueType: true } => "struct",
            { IsInterface: true } => "interface",
            _ when typeof(Delegate).IsAssignableFrom(type) => "delegate",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        var bases = type.GetInterfaces().Where(face => face.IsPublic && !(type.BaseType?.GetInterfaces().Contains(face) ?? false)).Select(Name).Order(StringComparer.Ordinal);
        if (type.BaseType is { } parent && !type.IsValueType && parent != typeof(object) && parent != typeof(MulticastDelegate))
        {
            bases = bases.Prepend(Name(parent)).Order(StringComparer.Ordinal);
        }
        var list = type.IsEnum ? Name(Enum.GetUnderlyingType(type)) : string.Join(", ", bases);
        return $"{type.Namespace}: {kind} {Name(type)}{(list.Length > 0 ? " : " + list : "")}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}"));
        }
        var fields = type.GetFields(Declared).Where(static field => IsOffered(field.Attributes))
            .Select(field => $"{Modifiers(field.IsStatic, field.IsFamily || field.IsFamilyOrAssembly, false)}{(field.IsLiteral ? "const " : field.IsInitOnly ? "readonly " : "")}"
                + $"{Name(field.FieldType, Nullability.Create(field))} {field.Name}{(field.IsLiteral ? " = " + Value(field.GetRawConstantValue()) : "")}");
        var properties = type.GetProperties(Declared).Where(static property => property.GetAccessors(true).Any(IsOffered)).Select(Property);
        var events = type.GetEvents(Declared).Where(static handler => IsOffered(handler.AddMethod!))
            .Select(handler => $"{Modifiers(handler.AddMethod!)}event {Name(handler.EventHandlerType!)} {handler.Name}");
        var constructors = type.GetConstructors(Declared).Where(static constructor => !constructor.IsStatic && IsOffered(constructor))
            .Select(constructor => $"{Modifiers(constructor)}{SimpleName(type)}({Parameters(constructor)})");
        var methods = type.GetMethods(Declared)
            .Where(static method => IsOffered(method) && (!method.IsSpecialName || method.Name.StartsWith("op_", StringComparison.Ordinal))
                && !method.IsDefined(typeof(CompilerGeneratedAttribute)))
            .Select(static method => $"{Modifiers(method)}{Name(method.ReturnType, Nullability.Create(method.ReturnParameter))} {method.Name}{Generics(method)}({Parameters(method)})");
        return [.. fields, .. properties, .. events, .. constructors, .. methods];
    }

    private static string Property(PropertyInfo property)
    {
        var accessors = property.GetAccessors(true).Where(IsOffered).ToList();
        var index = property.GetIndexParameters();
        var setter = property.SetMethod is { } set && IsOffered(set) ? set : null;
        var init = setter?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ?? false;
        return $"{Modifiers(accessors[0])}{(property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "")}"
            + $"{Name(property.PropertyType, Nullability.Create(property))} {(index.Length > 0 ? $"this[{string.Join(", ", index.Select(Parameter))}]" : property.Name)}"
            + $" {{{(property.GetMethod is { } get && IsOffered(get) ? " get;" : "")}{(setter is null ? "" : init ? " init;" : " set;")} }}";
    }

    private static bool IsOffered(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsOffered(FieldAttributes attributes) =>
        (attributes & FieldAttributes.FieldAccessMask) is FieldAttributes.Public or FieldAttributes.Family or FieldAttributes.FamORAssem;

    private static string Modifiers(MethodBase method)
    {
        var inheritance = method switch
        {
            { IsAbstract: true, DeclaringType.IsInterface: false } => "abstract ",
            MethodInfo { IsVirtual: true } info when info.GetBaseDefinition() != info => "override ",
            { IsVirtual: true, IsFinal: false, DeclaringType.IsInterface: false } => "virtual ",
            _ => "",
        };
        return Modifiers(method.IsStatic, !method.IsPublic, false) + inheritance;
    }

    private static string Modifiers(bool isStatic, bool isProtected, bool isReadOnly) =>
        (isProtected ? "protected " : "") + (isStatic ? "static " : "") + (isReadOnly ? "readonly " : "");

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethodDefinition ? $"<{string.Join(", ", method.GetGenericArguments().Select(static argument => argument.Name))}>" : "";

    private static string Parameters(MethodBase method) =>
        (method.IsDefined(typeof(ExtensionAttribute)) ? "this " : "") + string.Join(", ", method.GetParameters().Select(Parameter));

    private static string Parameter(ParameterInfo parameter)
    {
        var passing = parameter switch
        {
            { IsOut: true } => "out ",
            { IsIn: true } => "in ",
            { ParameterType.IsByRef: true } => "ref ",
            _ when parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute)) => "params ",
            _ => "",
        };
        return $"{passing}{Name(parameter.ParameterType, Nullability.Create(parameter))} {parameter.Name}{(parameter.HasDefaultValue ? " = " + Value(parameter.DefaultValue) : "")}";
    }

    private static string Value(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool truth => truth ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static string Name(Type type, NullabilityInfo nullability)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!, nullability);
        }
        var mark = !type.IsValueType && nullability.ReadState == NullabilityState.Nullable ? "?" : "";
        if (type.IsArray && nullability.ElementType is { } element)
        {
            return Name(type.GetElementType()!, element) + "[]" + mark;
        }
        if (type.IsGenericType && Nullable.GetUnderlyingType(type) is null && nullability.GenericTypeArguments.Length == type.GetGenericArguments().Length)
        {
            var arguments = type.GetGenericArguments().Select((argument, i) => Name(argument, nullability.GenericTypeArguments[i]));
            return $"{SimpleName(type)}<{string.Join(", ", arguments)}>{mark}";
        }
        return Name(type) + mark;
    }

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } underlying)
        {
            return Name(underlying) + "?";
        }
        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }
        return type.IsGenericType ? $"{SimpleName(type)}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : SimpleName(type);
    }

    private static string SimpleName(Type type)
    {
        var name = type.Name;
        var arity = name.IndexOf('`', StringComparison.Ordinal);
        name = arity < 0 ? name : name[..arity];
        return type.IsNested && !type.IsGenericParameter ? SimpleName(type.DeclaringType!) + "." + name : name;
    }
}
