using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;

namespace Micromegas.EntityFrameworkCore.Metadata.Conventions;

/// <summary>The relational conventions; views need no others.</summary>
public sealed class MicromegasConventionSetBuilder : RelationalConventionSetBuilder
{
    /// <summary>Creates the service.</summary>
    /// <param name="dependencies">Services.</param>
    /// <param name="relationalDependencies">Services.</param>
    public MicromegasConventionSetBuilder(ProviderConventionSetBuilderDependencies dependencies, RelationalConventionSetBuilderDependencies relationalDependencies)
        : base(dependencies, relationalDependencies)
    {
    }
}
