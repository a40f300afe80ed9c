namespace Micromegas.Telemetry.Tests;

using static HandMadeBlock;

/// <summary>The hand-made blocks of spec/data-lake.md §4.10, §4.11, §5.2, §5.3 and §5.5.</summary>
public sealed class WorkedExampleTests
{
    private const string LogDependencies =
        """
        00 0c000000 0110000000000000 626f6f74
        00 0b000000 0210000000000000 617070
        00 0c000000 0310000000000000 612e7273
        02 0020000000000000 0110000000000000 0210000000000000 0210000000000000 0310000000000000 07000000 04000000
        """;

    private const string PropertySet =
        """
        01 10000000 0130000000000000 0203000000 6d6170
        01 12000000 0230000000000000 0205000000 6c6f626279
        03 2c000000 0040000000000000 01000000 0130000000000000 03000000 02000000 0230000000000000 05000000 02000000
        """;

    private static readonly TypeDescription[] LegacyObjects =
        [Dynamic("LogStringEvent"), Dynamic("LogStringInteropEventV2"), Handle("StringId")];

    private static readonly TypeDescription[] UnrealObjects = [Dynamic("TaggedLogInteropEvent"), Dynamic("TaggedLogString"), Handle("StaticStringRef")];

    private static readonly TypeDescription[] UnrealDependencies =
    [
        Dynamic("StaticStringDependency"),
        Fixed(
            "LogMetadataDependency", 64,
            ("id", "uint64", 0, 8, false), ("target", "StaticStringRef", 8, 16, true), ("fmt_str", "StaticStringRef", 24, 16, true),
            ("file", "StaticStringRef", 40, 16, true), ("line", "uint32", 56, 4, false), ("level", "uint8", 60, 1, false)),
        Dynamic("PropertySetDependency"),
        Fixed("Property", 32, ("name", "StaticStringRef", 0, 16, true), ("value", "StaticStringRef", 16, 16, true)),
    ];

    [Fact]
    public void Rust_log_events_give_their_rows()
    {
        (BlockOutcome outcome, List<LogRow> rows) = Logs(
            RustClientTypes.LogDependencies,
            RustClientTypes.LogObjects,
            LogDependencies + PropertySet,
            """
            00 0020000000000000 e803000000000000
            01 18000000 0020000000000000 f203000000000000 0203000000 783d31
            02 0210000000000000 0300000000000000 0110000000000000 0400000000000000 fc03000000000000 03000000 00000000
            03 20000000 e803000000000000 04 0210000000000000 03000000 02000000 0202000000 6869
            04 1f000000 0020000000000000 0040000000000000 e803000000000000 0202000000 6869
            """);
        Assert.Null(outcome.Failure);
        Assert.Equal(
            [
                new LogRow(1000, 4, "app", "boot", "{}", ""),
                new LogRow(1010, 4, "app", "x=1", "{}", ""),
                new LogRow(1020, 3, "app", "boot", "{}", ""),
                new LogRow(1000, 4, "app", "hi", "{}", ""),
                new LogRow(1000, 4, "app", "hi", "{\"map\":\"lobby\"}", ""),
            ],
            rows);
    }

    [Fact]
    public void Legacy_log_events_give_their_rows()
    {
        (BlockOutcome outcome, List<LogRow> rows) = Logs(
            RustClientTypes.LogDependencies,
            LegacyObjects,
            LogDependencies,
            """
            00 12000000 0020000000000000 e803000000000000 6869
            01 1e000000 e803000000000000 04000000 0210000000000000 0300000000000000 6869
            """);
        Assert.Null(outcome.Failure);
        Assert.Equal([new LogRow(1000, 4, "app", "hi", "{}", ""), new LogRow(1000, 4, "app", "hi", "{}", "")], rows);
        (outcome, _) = Logs(RustClientTypes.LogDependencies, LegacyObjects, LogDependencies, "00 12000000 0020000000000000 e803000000000000 68ff");
        Assert.Contains("not UTF-8", outcome.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void Unreal_log_events_give_their_rows()
    {
        (BlockOutcome outcome, List<LogRow> rows) = Logs(
            UnrealDependencies,
            UnrealObjects,
            """
            00 14000000 0170000000000000 00 07000000 4c6f6754656d70
            00 10000000 0270000000000000 00 03000000 6d6170
            00 12000000 0370000000000000 00 05000000 6c6f626279
            00 0d000000 0470000000000000 00 00000000
            02 2c000000 0071000000000000 01000000 0270000000000000 00000000 03000000 0370000000000000 00000000 03000000
            01 0091000000000000 0170000000000000 0700000000000000 0270000000000000 0300000001000000 0470000000000000 0500000000000000 0c000000 02 ffffff
            """,
            """
            00 2a000000 8813000000000000 04 0170000000000000 00000000 03ffffff 0071000000000000 01 04000000 48006900
            01 21000000 0091000000000000 0071000000000000 8913000000000000 01 04000000 3dd8 3dd8
            """);
        Assert.Null(outcome.Failure);
        Assert.Equal(
            [new LogRow(5000, 4, "LogTemp", "Hi", "{\"map\":\"lobby\"}", ""), new LogRow(5001, 2, "LogTemp", "\uFFFD\uFFFD", "{\"map\":\"lobby\"}", "")],
            rows);
    }

    [Fact]
    public void Rust_metric_events_give_their_rows()
    {
        (BlockOutcome outcome, List<MetricRow> rows) = Metrics(
            RustClientTypes.MetricDependencies,
            RustClientTypes.MetricObjects,
            """
            00 0b000000 0110000000000000 667073
            00 0a000000 0210000000000000 687a
            00 0b000000 0310000000000000 617070
            00 0c000000 0410000000000000 612e7273
            02 0021000000000000 0110000000000000 0210000000000000 0310000000000000 0410000000000000 03000000 01000000
            """ + PropertySet,
            """
            01 0021000000000000 0000000000004e40 d007000000000000
            03 0021000000000000 0040000000000000 2a00000000000000 d007000000000000
            """);
        Assert.Null(outcome.Failure);
        Assert.Equal(
            [new MetricRow(2000, "app", "fps", "hz", 60, "{}", ""), new MetricRow(2000, "app", "fps", "hz", 42, "{\"map\":\"lobby\"}", "")], rows);
    }

    [Fact]
    public void Unreal_metadata_with_the_same_name_has_its_own_layout()
    {
        TypeDescription[] dependencies =
        [
            Dynamic("StaticStringDependency"),
            Fixed(
                "MetricMetadataDependency", 56,
                ("id", "uint64", 0, 8, false), ("lod", "uint8", 8, 1, false), ("name", "X*", 16, 8, true), ("unit", "X*", 24, 8, true),
                ("target", "X*", 32, 8, true), ("file", "X*", 40, 8, true), ("line", "uint32", 48, 4, false)),
            Dynamic("PropertySetDependency"),
            Fixed("Property", 32, ("name", "StaticStringRef", 0, 16, true), ("value", "StaticStringRef", 16, 16, true)),
        ];
        TypeDescription[] objects =
        [
            Fixed("TaggedFloatMetricEvent", 32, ("desc", "X*", 0, 8, true), ("properties", "X*", 8, 8, true), ("value", "f64", 16, 8, false), ("time", "uint64", 24, 8, false)),
        ];
        (BlockOutcome outcome, List<MetricRow> rows) = Metrics(
            dependencies,
            objects,
            """
            00 0e000000 0170000000000000 00 01000000 6e
            00 0e000000 0270000000000000 00 01000000 75
            00 0e000000 0370000000000000 00 01000000 74
            00 0e000000 0470000000000000 00 01000000 66
            01 0090000000000000 01ffffffffffffff 0170000000000000 0270000000000000 0370000000000000 0470000000000000 03000000 ffffffff
            02 0c000000 0080000000000000 00000000
            """,
            "00 0090000000000000 0080000000000000 000000000000f03f 0100000000000000");
        Assert.Null(outcome.Failure);
        Assert.Equal([new MetricRow(1, "t", "n", "u", 1, "{}", "")], rows);
    }

    [Fact]
    public void Offsets_of_the_metadata_are_obeyed()
    {
        // The members of LogStaticStrEvent swapped, in list and in bytes, with padding in between.
        TypeDescription[] objects = [Fixed("LogStaticStrEvent", 24, ("time", "i64", 0, 8, false), ("desc", "X", 16, 8, true))];
        (BlockOutcome outcome, List<LogRow> rows) = Logs(
            RustClientTypes.LogDependencies, objects, LogDependencies, "00 e803000000000000 ffffffffffffffff 0020000000000000");
        Assert.Null(outcome.Failure);
        Assert.Equal([new LogRow(1000, 4, "app", "boot", "{}", "")], rows);
    }

    [Theory]
    [InlineData("09 00", "Type index 9")]
    [InlineData("01 ffffffff", "runs beyond")]
    [InlineData("01 0000", "size is cut")]
    [InlineData("00 0020000000000000", "runs beyond")]
    [InlineData("00 0021000000000000 e803000000000000", "is missing")]
    [InlineData("00 0110000000000000 e803000000000000", "call site")]
    [InlineData("01 10000000 0020000000000000 f203000000000000", "cut")]
    [InlineData("01 15000000 0020000000000000 f203000000000000 0300000000", "codec 3")]
    [InlineData("01 15000000 0020000000000000 f203000000000000 02ff000000", "beyond its instance")]
    [InlineData("04 1d000000 0020000000000000 0020000000000000 e803000000000000 0200000000", "property set")]
    public void Broken_events_lose_the_block(string objects, string failure)
    {
        (BlockOutcome outcome, _) = Logs(RustClientTypes.LogDependencies, RustClientTypes.LogObjects, LogDependencies, objects);
        Assert.Contains(failure, outcome.Failure ?? "decoded", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("00 07000000 01100000000000", "shorter than its id")]
    [InlineData("00 09000000 0110000000000000 ff", "not UTF-8")]
    [InlineData("00 08000000 0110000000000000 00 08000000 0110000000000000", "occurs twice")]
    [InlineData("02 0020000000000000 0110000000000000 0110000000000000 0110000000000000 0110000000000000 07000000 04000000 00 08000000 0110000000000000", "is missing")]
    [InlineData("03 0c000000 0040000000000000 ffffffff", "more properties than bytes")]
    [InlineData("01 0d000000 0110000000000000 05 00000000", "codec 5")]
    public void Broken_dependencies_lose_the_block(string dependencies, string failure)
    {
        (BlockOutcome outcome, _) = Logs(RustClientTypes.LogDependencies, RustClientTypes.LogObjects, dependencies, "");
        Assert.Contains(failure, outcome.Failure ?? "decoded", StringComparison.Ordinal);
    }

    public static TheoryData<string, string, ulong, ulong, string> BadMembers => new()
    {
        { "time", "i32", 8, 4, "unknown type 'i32'" },
        { "time", "i64", 8, 4, "has 4 bytes" },
        { "time", "i64", 9, 8, "beyond its type" },
        { "time", "i64", ulong.MaxValue, 8, "beyond its type" },
        { "time", "LogStaticStrEvent", 0, 16, "nested" },
        { "time", "LogStringEventV2", 0, 0, "beyond its type" },
    };

    [Theory]
    [MemberData(nameof(BadMembers))]
    public void Impossible_members_lose_blocks_that_use_the_type(string name, string type, ulong offset, ulong size, string failure)
    {
        TypeDescription[] objects =
            [Fixed("LogStaticStrEvent", 16, ("desc", "X", 0, 8, true), (name, type, offset, size, false)), Dynamic("LogStringEventV2")];
        (BlockOutcome outcome, _) = Logs(RustClientTypes.LogDependencies, objects, LogDependencies, "00 0020000000000000 e803000000000000");
        Assert.Contains(failure, outcome.Failure ?? "decoded", StringComparison.Ordinal);

        // Nobody is harmed by a type that does not occur.
        (outcome, _) = Logs(RustClientTypes.LogDependencies, objects, LogDependencies, "01 15000000 0020000000000000 f203000000000000 0200000000");
        Assert.Null(outcome.Failure);
    }

    [Fact]
    public void Types_that_are_missing_in_the_metadata_lose_the_block()
    {
        TypeDescription[] withoutHandles = [.. RustClientTypes.LogObjects.Where(type => !type.IsReference)];
        (BlockOutcome outcome, _) = Logs(
            RustClientTypes.LogDependencies, withoutHandles, LogDependencies, "03 20000000 e803000000000000 04 0210000000000000 03000000 02000000 0202000000 6869");
        Assert.Contains("string handle", outcome.Failure, StringComparison.Ordinal);
        TypeDescription[] withoutProperty = [.. RustClientTypes.LogDependencies.Where(type => type.Name != "Property")];
        (outcome, _) = Logs(withoutProperty, RustClientTypes.LogObjects, PropertySet, "");
        Assert.Contains("'Property' is missing", outcome.Failure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_bare_reference_counts_as_an_event_and_gives_no_row()
    {
        (BlockOutcome outcome, List<LogRow> rows) = Logs(
            RustClientTypes.LogDependencies,
            RustClientTypes.LogObjects,
            LogDependencies,
            "06 0110000000000000 0400000002000000 00 0020000000000000 e803000000000000");
        Assert.Null(outcome.Failure);
        Assert.Empty(outcome.Warnings);
        Assert.Equal(2, outcome.Events);
        Assert.Single(rows);
    }
}
