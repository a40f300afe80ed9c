namespace Micromegas.Storage.Tests;

public sealed class MemoryObjectStoreTests : ObjectStoreRules
{
    protected override IObjectStore Store { get; } = new MemoryObjectStore();
}
