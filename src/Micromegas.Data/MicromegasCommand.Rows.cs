using System.Data;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Micromegas.Data.Mapping;

namespace Micromegas.Data;

public sealed partial class MicromegasCommand
{
    /// <summary>Runs the statement when it is enumerated and gives its rows as objects, as <see cref="MicromegasDataReader.ReadRowsAsync{T}(CancellationToken)"/> does.</summary>
    /// <typeparam name="T">A record, class, tuple or single value.</typeparam>
    /// <param name="cancellationToken">Ends the statement; leaving the loop does so too.</param>
    public async IAsyncEnumerable<T> ExecuteRowsAsync<[DynamicallyAccessedMembers(RowMapper<T>.Members)] T>([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var reader = await _runner.ExecuteReaderAsync(CommandBehavior.SingleResult, cancellationToken).ConfigureAwait(false);
        await using (reader.ConfigureAwait(false))
        {
            var map = RowMapper<T>.For(reader);
            while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return map(reader);
            }
        }
    }
}
