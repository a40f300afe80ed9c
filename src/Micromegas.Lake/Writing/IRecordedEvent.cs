using Micromegas.Telemetry;

namespace Micromegas.Lake.Writing;

/// <summary>Something that a program tells, about to be encoded.</summary>
internal interface IRecordedEvent<in TWriter>
    where TWriter : BlockWriter
{
    void AddTo(TWriter block, long ticks);
}

internal readonly ref struct LogLine(
    int level, string target, ReadOnlySpan<char> message, IReadOnlyCollection<KeyValuePair<string, string>>? properties) : IRecordedEvent<LogBlockWriter>
{
    private readonly ReadOnlySpan<char> _message = message;

    public void AddTo(LogBlockWriter block, long ticks) => block.Add(ticks, level, target, _message, properties);
}

internal readonly struct IntegerMeasure(
    string target, string name, string unit, ulong value, IReadOnlyCollection<KeyValuePair<string, string>>? properties) : IRecordedEvent<MetricBlockWriter>
{
    public void AddTo(MetricBlockWriter block, long ticks) => block.AddInteger(ticks, target, name, unit, value, properties);
}

internal readonly struct FloatMeasure(
    string target, string name, string unit, double value, IReadOnlyCollection<KeyValuePair<string, string>>? properties) : IRecordedEvent<MetricBlockWriter>
{
    public void AddTo(MetricBlockWriter block, long ticks) => block.AddFloat(ticks, target, name, unit, value, properties);
}

internal readonly struct ThreadSpanMark(bool isBegin, SpanSite site) : IRecordedEvent<SpanBlockWriter>
{
    public void AddTo(SpanBlockWriter block, long ticks) => block.AddThreadSpan(ticks, isBegin, site);
}

internal readonly struct AsyncSpanMark(bool isBegin, SpanSite site, ulong spanId, ulong parentId, uint depth) : IRecordedEvent<SpanBlockWriter>
{
    public void AddTo(SpanBlockWriter block, long ticks) => block.AddAsyncSpan(ticks, isBegin, site, spanId, parentId, depth);
}

internal readonly ref struct Picture(string name, string format, ReadOnlySpan<byte> data) : IRecordedEvent<ImageBlockWriter>
{
    private readonly ReadOnlySpan<byte> _data = data;

    public void AddTo(ImageBlockWriter block, long ticks) => block.Add(ticks, name, format, _data);
}
