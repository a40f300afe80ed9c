using Micromegas.Data.Types;
using Micromegas.Engine.Statements;

namespace Micromegas.Data.Execution;

/// <summary>Makes the requests of a text and its parameters.</summary>
internal static class RequestFactory
{
    /// <summary>One request a statement; all share the parameters, as <c>?</c> counts on through the whole text.</summary>
    internal static QueryRequest[] Create(
        IQuerySession session, string text, MicromegasParameterCollection parameters, MicromegasRange? range, long? memoryLimit, SessionSettings settings, Action<string> warn,
        Action<long>? affected = null)
    {
        var values = parameters.Count == 0 ? [] : new QueryParameter[parameters.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var parameter = parameters[i];
            values[i] = new QueryParameter(parameter.BareName, ParameterScalar.Create(parameter));
        }

        var statements = session.Parse(text);
        var requests = new QueryRequest[statements.Count];
        for (var i = 0; i < requests.Length; i++)
        {
            requests[i] = new QueryRequest(text, statements[i], values, range, memoryLimit, warn) { Affected = affected, Settings = settings };
        }

        return requests;
    }
}
