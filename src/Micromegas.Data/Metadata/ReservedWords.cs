using System.Data;
using System.Data.Common;

namespace Micromegas.Data.Metadata;

/// <summary>The collection ReservedWords: what must be quoted as a name.</summary>
internal static class ReservedWords
{
    private static readonly string[] Words =
    [
        "ALL", "AND", "ANTI", "ANY", "AS", "ASC", "BETWEEN", "BY", "CASE", "CAST", "CROSS", "DESC", "DISTINCT", "ELSE", "END", "EXCEPT", "EXISTS", "FALSE",
        "FROM", "FULL", "GROUP", "HAVING", "IN", "INNER", "INTERSECT", "INTERVAL", "IS", "JOIN", "LATERAL", "LEFT", "LIKE", "LIMIT", "NATURAL", "NOT", "NULL",
        "OFFSET", "ON", "OR", "ORDER", "OUTER", "OVER", "PARTITION", "QUALIFY", "RIGHT", "SELECT", "SEMI", "THEN", "TRUE", "UNION", "USING", "VALUES", "WHEN",
        "WHERE", "WINDOW", "WITH",
    ];

    internal static DataTable Create()
    {
        var table = SchemaCollections.NewTable(DbMetaDataCollectionNames.ReservedWords, (DbMetaDataColumnNames.ReservedWord, typeof(string)));
        foreach (var word in Words)
        {
            table.Rows.Add(word);
        }

        return table;
    }
}
