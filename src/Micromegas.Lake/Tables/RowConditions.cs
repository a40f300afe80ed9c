using Micromegas.Columnar;
using Micromegas.Engine;
using Micromegas.Engine.Catalog;
using Micromegas.Engine.Execution;

namespace Micromegas.Lake.Tables;

/// <summary>What a statement wants of a table whose rows the catalogue gives. It is looked at twice, so too many rows do no harm (spec/lakehouse.md §11 W1, W35).</summary>
internal sealed class RowConditions(ScanRequest request, Schema schema)
{
    /// <summary>The statement.</summary>
    public QueryContext Context => request.Context;

    /// <summary>Times that the predicates allow a column, both ends included.</summary>
    public TimeRange TimesOf(string column) => PredicateRange.Of(request.Predicates, request.TableColumns[schema.IndexOf(column)]);

    /// <summary>The text that the predicates ask of a column; null when any will do.</summary>
    public string? TextOf(string column) => PredicateText.Of(request.Predicates, request.TableColumns[schema.IndexOf(column)]);

    /// <summary>The id that the predicates ask of a column of ids in their canonical form.</summary>
    public Guid? IdOf(string column) => TextOf(column) is { } text && Guid.TryParseExact(text, "D", out Guid id) && id.ToString("D") == text ? id : null;
}
