using Microsoft.EntityFrameworkCore.Query;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>The properties that become functions.</summary>
public sealed class MicromegasMemberTranslatorProvider : RelationalMemberTranslatorProvider
{
    /// <summary>Creates the service.</summary>
    /// <param name="dependencies">Services.</param>
    public MicromegasMemberTranslatorProvider(RelationalMemberTranslatorProviderDependencies dependencies)
        : base(dependencies)
    {
        ArgumentNullException.ThrowIfNull(dependencies);
        AddTranslators(
        [
            new InstantMemberTranslator(dependencies.SqlExpressionFactory),
            new LengthMemberTranslator(dependencies.SqlExpressionFactory),
        ]);
    }
}
