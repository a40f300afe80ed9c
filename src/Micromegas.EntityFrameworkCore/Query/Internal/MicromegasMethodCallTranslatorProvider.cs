using Microsoft.EntityFrameworkCore.Query;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>The methods that become functions of spec/sql.md §1 and §5.12.</summary>
public sealed class MicromegasMethodCallTranslatorProvider : RelationalMethodCallTranslatorProvider
{
    /// <summary>Creates the service.</summary>
    /// <param name="dependencies">Services.</param>
    public MicromegasMethodCallTranslatorProvider(RelationalMethodCallTranslatorProviderDependencies dependencies)
        : base(dependencies)
    {
        ArgumentNullException.ThrowIfNull(dependencies);
        var sql = dependencies.SqlExpressionFactory;
        AddTranslators(
        [
            new StringMethodTranslator(sql),
            new MathMethodTranslator(sql),
            new InstantMethodTranslator(sql, dependencies.RelationalTypeMappingSource),
            new PropertiesMethodTranslator(sql),
            new ArrayMethodTranslator(sql),
            new ConvertMethodTranslator(sql),
            new DbFunctionsTranslator(sql),
        ]);
    }
}
