namespace Micromegas.Engine.Binding;

/// <summary><c>ILIKE</c> over names, for <c>* ILIKE 'p'</c> and the filters of SHOW.</summary>
internal static class LikePattern
{
    /// <summary>Whether the whole name matches, regardless of case; <c>%</c> = any text, <c>_</c> = one character, backslash escapes.</summary>
    public static bool Matches(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name, bool ignoreCase = true)
    {
        while (!pattern.IsEmpty)
        {
            if (pattern[0] == '%')
            {
                pattern = pattern.TrimStart('%');
                if (pattern.IsEmpty)
                {
                    return true;
                }
                for (var i = 0; i <= name.Length; i++)
                {
                    if (Matches(pattern, name[i..], ignoreCase))
                    {
                        return true;
                    }
                }
                return false;
            }
            if (name.IsEmpty)
            {
                return false;
            }
            var any = pattern[0] == '_';
            if (pattern[0] == '\\' && pattern.Length > 1)
            {
                pattern = pattern[1..];
            }
            if (!any && (ignoreCase ? char.ToLowerInvariant(pattern[0]) != char.ToLowerInvariant(name[0]) : pattern[0] != name[0]))
            {
                return false;
            }
            pattern = pattern[1..];
            name = name[1..];
        }
        return name.IsEmpty;
    }
}
