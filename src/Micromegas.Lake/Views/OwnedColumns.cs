using Micromegas.Columnar;

namespace Micromegas.Lake.Views;

/// <summary>The columns of a batch that belong to who took it.</summary>
internal sealed class OwnedColumns(Batch batch) : IDisposable
{
    public void Dispose() => batch.DisposeColumns();
}
