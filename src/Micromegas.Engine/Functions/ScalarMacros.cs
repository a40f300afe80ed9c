namespace Micromegas.Engine.Functions;

/// <summary>Scalar functions of PostgreSQL and DuckDB in terms of ours.</summary>
internal static class ScalarMacros
{
    private const string DateDifference =
        "CASE lower(part) WHEN 'year' THEN CAST(date_part('year', y) AS BIGINT) - date_part('year', x) "
        + "WHEN 'quarter' THEN (CAST(date_part('year', y) AS BIGINT) - date_part('year', x)) * 4 + date_part('quarter', y) - date_part('quarter', x) "
        + "WHEN 'month' THEN (CAST(date_part('year', y) AS BIGINT) - date_part('year', x)) * 12 + date_part('month', y) - date_part('month', x) "
        + "ELSE (arrow_cast(arrow_cast(date_trunc(part, y), 'Timestamp(ns)'), 'Int64') - arrow_cast(arrow_cast(date_trunc(part, x), 'Timestamp(ns)'), 'Int64')) / "
        + "CASE lower(part) WHEN 'week' THEN 604800000000000 WHEN 'day' THEN 86400000000000 WHEN 'hour' THEN 3600000000000 WHEN 'minute' THEN 60000000000 "
        + "WHEN 'second' THEN 1000000000 WHEN 'millisecond' THEN 1000000 WHEN 'microsecond' THEN 1000 END END";

    public static IReadOnlyList<SqlMacro> All { get; } =
    [
        // Numbers.
        new("sign", ["x"], "signum(x)", "-1, 0 or 1."),
        new("ceiling", ["x"], "ceil(x)", "The least integer that is not less than x."),
        new("mod", ["x", "y"], "x % y", "The rest of a division, with the sign of x."),
        new("div", ["x", "y"], "trunc(x / y)", "The integer quotient."),
        new("fdiv", ["x", "y"], "floor(CAST(x AS DOUBLE) / y)", "The quotient, rounded down."),
        new("dlog10", ["x"], "log10(x)", "The decimal logarithm."),
        new("isinf", ["x"], "abs(CAST(x AS DOUBLE)) = CAST('inf' AS DOUBLE)", "Whether x is infinite."),
        new("isfinite", ["x"], "abs(CAST(x AS DOUBLE)) < CAST('inf' AS DOUBLE)", "Whether x is neither infinite nor NaN."),
        new("greatest_common_divisor", ["a", "b"], "gcd(a, b)", "The greatest common divisor."),
        new("least_common_multiple", ["a", "b"], "lcm(a, b)", "The least common multiple."),
        new("even", ["x"], "signum(x) * ceil(abs(x) / 2.0) * 2", "The next even integer away from zero."),
        new("width_bucket", ["x", "low", "high", "n"],
            "CAST(CASE WHEN x < low THEN 0 WHEN x >= high THEN n + 1 ELSE floor((CAST(x AS DOUBLE) - low) / (CAST(high AS DOUBLE) - low) * n) + 1 END AS INT)",
            "The bucket that x falls into when low to high is cut into n; 0 below, n + 1 above."),

        // Conditions.
        new("if", ["condition", "x", "y"], "CASE WHEN condition THEN x ELSE y END", "x where the condition is true, else y."),
        new("iff", ["condition", "x", "y"], "CASE WHEN condition THEN x ELSE y END", "x where the condition is true, else y."),

        // Texts.
        new("len", ["x"], "length(x)", "Characters of a text."),
        new("strlen", ["x"], "octet_length(x)", "Bytes of a text."),
        new("lcase", ["x"], "lower(x)", "The text in lower case."),
        new("ucase", ["x"], "upper(x)", "The text in upper case."),
        new("startswith", ["x", "prefix"], "starts_with(x, prefix)", "Whether the text starts with another."),
        new("endswith", ["x", "suffix"], "ends_with(x, suffix)", "Whether the text ends with another."),
        new("prefix", ["x", "prefix"], "starts_with(x, prefix)", "Whether the text starts with another."),
        new("suffix", ["x", "suffix"], "ends_with(x, suffix)", "Whether the text ends with another."),
        new("ord", ["x"], "ascii(x)", "The code point of the first character."),
        new("unicode", ["x"], "ascii(x)", "The code point of the first character."),
        new("char", ["n"], "chr(n)", "The character of a code point."),
        new("substring_index", ["x", "delimiter", "n"], "substr_index(x, delimiter, n)", "The text before the n-th delimiter."),
        new("regexp_extract", ["x", "pattern"], "coalesce(regexp_match(x, concat('(', pattern, ')'))[1], '')", "The first match; empty when there is none."),
        new("regexp_extract", ["x", "pattern", "n"], "coalesce(regexp_match(x, concat('(', pattern, ')'))[n + 1], '')", "A group of the first match; empty when there is none."),
        new("regexp_substr", ["x", "pattern"], "regexp_match(x, concat('(', pattern, ')'))[1]", "The first match; NULL when there is none."),
        new("regexp_matches", ["x", "pattern"], "regexp_like(x, pattern)", "Whether the pattern matches somewhere, as in DuckDB."),
        new("regexp_full_match", ["x", "pattern"], "regexp_like(x, concat('^(?:', pattern, ')$'))", "Whether the pattern matches the whole text."),
        new("string_split", ["x", "separator"], "string_to_array(x, separator)", "The parts of a text as a list."),
        new("str_split", ["x", "separator"], "string_to_array(x, separator)", "The parts of a text as a list."),
        new("split", ["x", "separator"], "string_to_array(x, separator)", "The parts of a text as a list."),
        new("quote_literal", ["x"], "concat('''', replace(x, '''', ''''''), '''')", "The text as an SQL literal."),
        new("quote_ident", ["x"], "concat('\"', replace(x, '\"', '\"\"'), '\"')", "The text as an SQL name."),
        new("hex", ["x"], "upper(encode(x, 'hex'))", "The bytes as hexadecimal digits."),
        new("unhex", ["x"], "decode(x, 'hex')", "The bytes that hexadecimal digits stand for."),
        new("to_base64", ["x"], "encode(x, 'base64pad')", "The bytes in base 64, padded."),
        new("base64", ["x"], "encode(x, 'base64pad')", "The bytes in base 64, padded."),
        new("from_base64", ["x"], "decode(rtrim(x, '='), 'base64')", "The bytes that base 64 stands for."),

        // Dates and times.
        new("year", ["x"], "date_part('year', x)", "The year."),
        new("quarter", ["x"], "date_part('quarter', x)", "The quarter."),
        new("month", ["x"], "date_part('month', x)", "The month."),
        new("week", ["x"], "date_part('week', x)", "The ISO week."),
        new("day", ["x"], "date_part('day', x)", "The day of the month."),
        new("dayofmonth", ["x"], "date_part('day', x)", "The day of the month."),
        new("dayofyear", ["x"], "date_part('doy', x)", "The day of the year."),
        new("dayofweek", ["x"], "date_part('dow', x)", "The day of the week, Sunday is 0."),
        new("isodow", ["x"], "date_part('isodow', x)", "The day of the week, Monday is 1."),
        new("hour", ["x"], "date_part('hour', x)", "The hour."),
        new("minute", ["x"], "date_part('minute', x)", "The minute."),
        new("second", ["x"], "date_part('second', x)", "The second."),
        new("epoch", ["x"], "date_part('epoch', x)", "Seconds since 1970."),
        new("epoch_ms", ["x"], "arrow_cast(arrow_cast(x, 'Timestamp(ms)'), 'Int64')", "Milliseconds since 1970."),
        new("epoch_us", ["x"], "arrow_cast(arrow_cast(x, 'Timestamp(µs)'), 'Int64')", "Microseconds since 1970."),
        new("epoch_ns", ["x"], "arrow_cast(arrow_cast(x, 'Timestamp(ns)'), 'Int64')", "Nanoseconds since 1970."),
        new("weekofyear", ["x"], "date_part('week', x)", "The ISO week."),
        new("weekday", ["x"], "date_part('dow', x)", "The day of the week, Sunday is 0."),
        new("yearweek", ["x"], "date_part('isoyear', x) * 100 + date_part('week', x)", "The ISO year and week, such as 202401."),
        new("millisecond", ["x"], "date_part('millisecond', x)", "Milliseconds of the minute."),
        new("microsecond", ["x"], "date_part('microsecond', x)", "Microseconds of the minute."),
        new("make_timestamp", ["year", "month", "day", "hour", "minute", "second"],
            "arrow_cast(arrow_cast(CAST(make_date(year, month, day) AS TIMESTAMP), 'Int64') + hour * 3600000000000 + minute * 60000000000 "
            + "+ CAST(round(second * 1000000000.0) AS BIGINT), 'Timestamp(ns)')",
            "The time of these parts."),
        new("date_add", ["x", "step"], "x + step", "A time moved by an interval."),
        new("to_years", ["n"], "n * INTERVAL '1 year'", "An interval of n years."),
        new("to_months", ["n"], "n * INTERVAL '1 month'", "An interval of n months."),
        new("to_weeks", ["n"], "n * INTERVAL '7 days'", "An interval of n weeks."),
        new("to_days", ["n"], "n * INTERVAL '1 day'", "An interval of n days."),
        new("to_hours", ["n"], "n * INTERVAL '1 hour'", "An interval of n hours."),
        new("to_minutes", ["n"], "n * INTERVAL '1 minute'", "An interval of n minutes."),
        new("to_seconds", ["n"], "n * INTERVAL '1 second'", "An interval of n seconds."),
        new("to_milliseconds", ["n"], "n * INTERVAL '1 millisecond'", "An interval of n milliseconds."),
        new("to_microseconds", ["n"], "n * INTERVAL '1 microsecond'", "An interval of n microseconds."),
        new("monthname", ["x"], "to_char(x, '%B')", "The month's English name."),
        new("dayname", ["x"], "to_char(x, '%A')", "The weekday's English name."),
        new("last_day", ["x"], "CAST(date_trunc('month', x) + INTERVAL '1 month' - INTERVAL '1 day' AS DATE)", "The last day of the month."),
        new("strftime", ["x", "format"], "to_char(x, format)", "The time as text."),
        new("strptime", ["x", "format"], "to_timestamp(x, format)", "The time that a text tells."),
        new("time_bucket", ["stride", "x"], "date_bin(stride, x)", "The start of the bin that a time falls into."),
        new("time_bucket", ["stride", "x", "origin"], "date_bin(stride, x, origin)", "The start of the bin that a time falls into."),
        new("date_diff", ["part", "x", "y"], DateDifference, "Boundaries of a part that lie between x and y."),
        new("datediff", ["part", "x", "y"], DateDifference, "Boundaries of a part that lie between x and y."),
        new("localtimestamp", [], "now()", "The statement's time."),
        new("transaction_timestamp", [], "now()", "The statement's time."),
        new("statement_timestamp", [], "now()", "The statement's time."),
        new("get_current_timestamp", [], "now()", "The statement's time."),

        // Lists and structs.
        new("array_upper", ["list", "dimension"], "CAST(array_length(list, dimension) AS BIGINT)", "The last position of a list."),
        new("array_lower", ["list", "dimension"], "CASE WHEN array_length(list, dimension) > 0 THEN 1 END", "The first position of a list: 1."),
        new("list_unique", ["list"], "array_length(array_distinct(array_compact(list)))", "How many different items a list has."),
        new("list_reverse_sort", ["list"], "array_sort(list, 'DESC')", "A list in descending order."),
        new("list_value", ["x"], "make_array(x)", "A list of one item."),
        new("struct_extract", ["x", "name"], "get_field(x, name)", "A member of a struct."),

        // The session, for tools.
        new("typeof", ["x"], "arrow_typeof(x)", "The Arrow type."),
        new("pg_typeof", ["x"], "arrow_typeof(x)", "The Arrow type."),
        new("gen_random_uuid", [], "uuid()", "A random UUID."),
        new("current_schema", [], "'public'", "The default schema."),
        new("current_database", [], "'datafusion'", "The catalogue."),
        new("current_catalog", [], "'datafusion'", "The catalogue."),
    ];
}
