namespace Micromegas.Data;

/// <summary>A warning that a statement gave while it ran, such as a block that could not be decoded.</summary>
/// <param name="Message">What happened.</param>
/// <param name="SqlState">The class of the fault, a code of <see cref="MicromegasErrorCodes"/>.</param>
public sealed record MicromegasInfoMessage(string Message, string SqlState);
