namespace Micromegas.Telemetry;

/// <summary>What a reader looks up once for every type of a block: its shapes, by number of the type.</summary>
/// <typeparam name="TShape">Places of the members the reader wants.</typeparam>
internal struct LayoutShapes<TShape>
{
    private TShape[]? shapes;

    /// <summary>The shape of a type of the block that was bound last.</summary>
    public readonly ref TShape this[int type] => ref shapes![type];

    /// <summary>Binds the types of the next block.</summary>
    public void Bind(TypeLayout[] layouts, Func<TypeLayout, TShape> bind)
    {
        if (shapes is null || shapes.Length < layouts.Length)
        {
            shapes = new TShape[layouts.Length];
        }

        for (int i = 0; i < layouts.Length; i++)
        {
            shapes[i] = bind(layouts[i]);
        }
    }
}
