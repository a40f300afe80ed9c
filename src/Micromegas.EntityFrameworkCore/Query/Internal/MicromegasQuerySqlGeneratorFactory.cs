using Microsoft.EntityFrameworkCore.Query;

namespace Micromegas.EntityFrameworkCore.Query.Internal;

/// <summary>Makes a <see cref="MicromegasQuerySqlGenerator"/> for each statement.</summary>
public sealed class MicromegasQuerySqlGeneratorFactory(QuerySqlGeneratorDependencies dependencies) : IQuerySqlGeneratorFactory
{
    /// <inheritdoc />
    public QuerySqlGenerator Create() => new MicromegasQuerySqlGenerator(dependencies);
}
