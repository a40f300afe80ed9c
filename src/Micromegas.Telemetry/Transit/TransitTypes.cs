namespace Micromegas.Telemetry;

/// <summary>Names of the types that the format treats in a way of their own (spec/data-lake.md §4.5, §4.8).</summary>
internal static class TransitTypes
{
    public const string StaticString = "StaticString";
    public const string StaticStringDependency = "StaticStringDependency";
    public const string PropertySetDependency = "PropertySetDependency";
    public const string Property = "Property";
    public const string StringId = "StringId";
    public const string StaticStringRef = "StaticStringRef";

    public const string LogStaticStrEvent = "LogStaticStrEvent";
    public const string LogStringEvent = "LogStringEvent";
    public const string LogStringEventV2 = "LogStringEventV2";
    public const string LogStaticStrInteropEvent = "LogStaticStrInteropEvent";
    public const string LogStringInteropEventV2 = "LogStringInteropEventV2";
    public const string LogStringInteropEventV3 = "LogStringInteropEventV3";
    public const string TaggedLogInteropEvent = "TaggedLogInteropEvent";
    public const string TaggedLogString = "TaggedLogString";
    public const string ImageEvent = "ImageEvent";

    public const string IntegerMetricEvent = "IntegerMetricEvent";
    public const string FloatMetricEvent = "FloatMetricEvent";
    public const string TaggedIntegerMetricEvent = "TaggedIntegerMetricEvent";
    public const string TaggedFloatMetricEvent = "TaggedFloatMetricEvent";

    public const string BeginThreadSpanEvent = "BeginThreadSpanEvent";
    public const string EndThreadSpanEvent = "EndThreadSpanEvent";
    public const string BeginThreadNamedSpanEvent = "BeginThreadNamedSpanEvent";
    public const string EndThreadNamedSpanEvent = "EndThreadNamedSpanEvent";
    public const string BeginAsyncSpanEvent = "BeginAsyncSpanEvent";
    public const string EndAsyncSpanEvent = "EndAsyncSpanEvent";
    public const string BeginAsyncNamedSpanEvent = "BeginAsyncNamedSpanEvent";
    public const string EndAsyncNamedSpanEvent = "EndAsyncNamedSpanEvent";

    public const string NetConnectionBeginEvent = "NetConnectionBeginEvent";
    public const string NetConnectionEndEvent = "NetConnectionEndEvent";
    public const string NetObjectBeginEvent = "NetObjectBeginEvent";
    public const string NetObjectEndEvent = "NetObjectEndEvent";
    public const string NetPropertyEvent = "NetPropertyEvent";
    public const string NetRpcBeginEvent = "NetRPCBeginEvent";
    public const string NetRpcEndEvent = "NetRPCEndEvent";

    /// <summary>True for dynamic types with a layout fixed by code, other than the dependencies.</summary>
    public static bool HasReader(string name) => name is LogStringEvent or LogStringEventV2 or LogStringInteropEventV2
        or LogStringInteropEventV3 or TaggedLogString or TaggedLogInteropEvent or ImageEvent;
}
