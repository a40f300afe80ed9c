using Micromegas.Engine.Catalog;
using Micromegas.Sql.Syntax;

namespace Micromegas.Engine.Statements;

/// <summary>
/// A catalogue that takes statements which define or change something. The binder hands it every statement that is no question;
/// one that it answers with <see langword="null"/> is refused as unsupported.
/// </summary>
public interface IStatementCatalog : ICatalog
{
    /// <summary>The work that a statement asks for, or <see langword="null"/> when the statement is none of this catalogue's.</summary>
    /// <param name="statement">The statement.</param>
    /// <param name="services">Binds what the statement contains.</param>
    /// <param name="cancellationToken">Ends look-ups.</param>
    /// <exception cref="EngineException">A name or type is wrong.</exception>
    ValueTask<StatementAction?> BindAsync(Statement statement, StatementServices services, CancellationToken cancellationToken);
}
