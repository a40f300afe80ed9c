using System.Data;
using System.Data.Common;
using System.Globalization;

namespace Micromegas.Data.Metadata;

/// <summary>The collections of <c>DbConnection.GetSchema</c>.</summary>
internal static class SchemaCollections
{
    private static readonly (string Name, int Restrictions, Func<DataTable> Create)[] Fixed =
    [
        (DbMetaDataCollectionNames.MetaDataCollections, 0, CreateMetaDataCollections),
        (DbMetaDataCollectionNames.DataSourceInformation, 0, DataSourceInformation.Create),
        (DbMetaDataCollectionNames.DataTypes, 0, DataTypesCollection.Create),
        (DbMetaDataCollectionNames.Restrictions, 0, CreateRestrictions),
        (DbMetaDataCollectionNames.ReservedWords, 0, ReservedWords.Create),
    ];

    internal static async ValueTask<DataTable> GetAsync(MicromegasConnection connection, string collectionName, string?[] restrictions, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(collectionName);
        foreach (var (name, count, create) in Fixed)
        {
            if (string.Equals(name, collectionName, StringComparison.OrdinalIgnoreCase))
            {
                return restrictions.Length > count
                    ? throw new ArgumentException($"The schema collection '{name}' takes {count} restrictions, not {restrictions.Length}.", nameof(restrictions))
                    : create();
            }
        }

        foreach (var collection in QueriedCollection.All)
        {
            if (string.Equals(collection.Name, collectionName, StringComparison.OrdinalIgnoreCase))
            {
                return restrictions.Length > collection.Restrictions.Length
                    ? throw new ArgumentException($"The schema collection '{collection.Name}' takes {collection.Restrictions.Length} restrictions, not {restrictions.Length}.", nameof(restrictions))
                    : await collection.QueryAsync(connection, restrictions, cancellationToken).ConfigureAwait(false);
            }
        }

        throw new ArgumentException($"There is no schema collection '{collectionName}'.", nameof(collectionName));
    }

    internal static DataTable NewTable(string name, params ReadOnlySpan<(string Name, Type Type)> columns)
    {
        var table = new DataTable(name) { Locale = CultureInfo.InvariantCulture };
        foreach (var (column, type) in columns)
        {
            table.Columns.Add(new DataColumn(column) { DataType = type });
        }

        return table;
    }

    private static DataTable CreateMetaDataCollections()
    {
        var table = NewTable(
            DbMetaDataCollectionNames.MetaDataCollections,
            (DbMetaDataColumnNames.CollectionName, typeof(string)),
            (DbMetaDataColumnNames.NumberOfRestrictions, typeof(int)),
            (DbMetaDataColumnNames.NumberOfIdentifierParts, typeof(int)));
        foreach (var (name, restrictions, _) in Fixed)
        {
            table.Rows.Add(name, restrictions, 0);
        }

        foreach (var collection in QueriedCollection.All)
        {
            table.Rows.Add(collection.Name, collection.Restrictions.Length, collection.IdentifierParts);
        }

        return table;
    }

    private static DataTable CreateRestrictions()
    {
        var table = NewTable(
            DbMetaDataCollectionNames.Restrictions,
            (DbMetaDataColumnNames.CollectionName, typeof(string)),
            ("RestrictionName", typeof(string)),
            ("RestrictionDefault", typeof(string)),
            ("RestrictionNumber", typeof(int)));
        foreach (var collection in QueriedCollection.All)
        {
            for (var i = 0; i < collection.Restrictions.Length; i++)
            {
                table.Rows.Add(collection.Name, collection.Restrictions[i].Name, collection.Restrictions[i].Column, i + 1);
            }
        }

        return table;
    }
}
