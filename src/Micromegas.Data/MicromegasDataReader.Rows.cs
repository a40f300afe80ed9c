using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Micromegas.Data.Mapping;

namespace Micromegas.Data;

public sealed partial class MicromegasDataReader
{
    /// <summary>
    /// The rows of the current result as objects. A single value takes the first column; a tuple takes the columns in their order, seven at most; a record or
    /// class takes them by name, without regard to case and underscores, through the constructor with the most parameters or through settable properties.
    /// NULL becomes null, and is refused for values that cannot be null.
    /// </summary>
    /// <typeparam name="T">The type of a row.</typeparam>
    /// <param name="cancellationToken">Ends the statement.</param>
    /// <exception cref="InvalidOperationException">The columns do not fit the type.</exception>
    /// <exception cref="InvalidCastException">A value cannot be read as the type that it should have.</exception>
    public IAsyncEnumerable<T> ReadRowsAsync<[DynamicallyAccessedMembers(RowMapper<T>.Members)] T>(CancellationToken cancellationToken = default)
        => _closed ? throw Throw.ReaderClosed() : ReadRowsAsync(RowMapper<T>.For(this), cancellationToken);

    /// <summary>The rows of the current result, each as a function makes it.</summary>
    /// <typeparam name="T">What the function makes.</typeparam>
    /// <param name="map">Makes an object of the current row.</param>
    /// <param name="cancellationToken">Ends the statement.</param>
    public async IAsyncEnumerable<T> ReadRowsAsync<T>(Func<MicromegasDataReader, T> map, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(map);
        while (await ReadAsync(cancellationToken).ConfigureAwait(false))
        {
            yield return map(this);
        }
    }
}
