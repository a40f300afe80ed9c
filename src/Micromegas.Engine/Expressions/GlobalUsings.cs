// Kernels use registers (System.Numerics.Vector<T>) and columns side by side: the bare name means the column.
global using Vector = Micromegas.Columnar.Vector;
