namespace Micromegas.Columnar;

/// <summary>Bytes that should be Arrow IPC break its format, or use a type that has no counterpart in <see cref="DataType"/>.</summary>
public sealed class ArrowFormatException(string message) : FormatException(message);
