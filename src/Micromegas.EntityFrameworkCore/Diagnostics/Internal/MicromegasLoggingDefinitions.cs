using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Micromegas.EntityFrameworkCore.Diagnostics.Internal;

/// <summary>The provider has no log messages beyond those of relational providers.</summary>
public sealed class MicromegasLoggingDefinitions : RelationalLoggingDefinitions;
