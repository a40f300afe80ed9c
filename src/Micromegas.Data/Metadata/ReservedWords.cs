using System.Data;
using System.Data.Common;
using Micromegas.Sql;

namespace Micromegas.Data.Metadata;

/// <summary>The collection ReservedWords: what must be quoted as a name.</summary>
internal static class ReservedWords
{
    internal static DataTable Create()
    {
        var table = SchemaCollections.NewTable(DbMetaDataCollectionNames.ReservedWords, (DbMetaDataColumnNames.ReservedWord, typeof(string)));
        foreach (var word in SqlKeywords.Reserved)
        {
            table.Rows.Add(word);
        }

        return table;
    }
}
