using System.Globalization;
using System.Text;
using Micromegas.Engine;
using Micromegas.Engine.Execution;

namespace Micromegas.Conformance.Differential;

/// <summary>A statement that two engines answer differently, made as small as it goes.</summary>
internal sealed record Mismatch(int Seed, string Difference, string Ours, string Theirs);

/// <summary>Runs generated statements on our engine and on another one that holds the same rows.</summary>
internal sealed class DifferentialRun(Func<IReferenceDatabase> open)
{
    /// <summary>Statements on one set of tables.</summary>
    private const int StatementsPerTables = 100;

    /// <summary>Statements that both engines answered.</summary>
    public int Compared { get; private set; }

    public List<Mismatch> Mismatches { get; } = [];

    /// <summary>Runs statements of consecutive seeds.</summary>
    public async Task RunAsync(int seed, int count, int maxMismatches = 20)
    {
        for (var first = seed; first < seed + count && Mismatches.Count < maxMismatches; first += StatementsPerTables)
        {
            var tables = FuzzTable.Create(new Random(first / StatementsPerTables));
            using var engine = new FuzzEngine(tables, 16);
            using var reference = open();
            foreach (var statement in tables.SelectMany(table => table.ToScript(reference.Dialect)))
            {
                reference.Execute(statement);
            }
            for (var number = first; number < Math.Min(first + StatementsPerTables, seed + count) && Mismatches.Count < maxMismatches; number++)
            {
                var statement = new QueryGenerator(new Random(number), tables).Statement();
                if (await CompareAsync(engine, reference, statement) is { } difference)
                {
                    var smallest = await ShrinkAsync(engine, reference, statement);
                    difference = await CompareAsync(engine, reference, smallest) ?? difference;
                    Mismatches.Add(new Mismatch(number, difference, smallest.Sql.Write(Dialect.Micromegas), smallest.Sql.Write(reference.Dialect)));
                }
            }
        }
    }

    /// <summary>What was found, for the message of a failed test.</summary>
    public string Report()
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"{Compared} statements compared, {Mismatches.Count} differ\n"));
        foreach (var mismatch in Mismatches)
        {
            text.Append(CultureInfo.InvariantCulture, $"seed {mismatch.Seed}: {mismatch.Difference}\n  ours:   {mismatch.Ours}\n  theirs: {mismatch.Theirs}\n");
        }
        return text.ToString();
    }

    /// <summary>What differs; null when the engines agree, or the other one cannot answer.</summary>
    private async Task<string?> CompareAsync(FuzzEngine engine, IReferenceDatabase reference, FuzzStatement statement)
    {
        IReadOnlyList<object?[]>? theirs = null;
        string? refusal = null;
        try
        {
            theirs = reference.Rows(statement.Sql.Write(reference.Dialect));
        }
        catch (ReferenceException error)
        {
            refusal = error.Message;
        }
        try
        {
            var ours = await engine.RowsAsync(statement.Sql.Write(Dialect.Micromegas), new EngineOptions { Threads = 2 });
            if (theirs is null)
            {
                return KnownDifferences.IsRefusal(reference.Dialect, refusal!) ? null : $"the other engine refuses: {refusal}";
            }
            Compared++;
            return KnownDifferences.IsWrong(reference.Dialect, statement.Sql.Write(reference.Dialect)) ? null : RowComparison.Difference(ours, theirs, statement.IsOrdered);
        }
        catch (EngineException error)
        {
            return theirs is null ? null : $"refused: {error.SqlState} {error.Message}";
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            return $"failed: {error.GetType().Name}: {error.Message} {error.StackTrace?.Split('\n')[0].Trim()}";
        }
    }

    /// <summary>Leaves out what the difference does not need.</summary>
    private async Task<FuzzStatement> ShrinkAsync(FuzzEngine engine, IReferenceDatabase reference, FuzzStatement statement)
    {
        var attempts = 400;
        for (var found = true; found;)
        {
            found = false;
            foreach (var smaller in statement.Sql.Smaller())
            {
                if (--attempts < 0)
                {
                    return statement;
                }
                var candidate = statement with { Sql = smaller };
                if (await CompareAsync(engine, reference, candidate) is { } difference && !difference.StartsWith("the other", StringComparison.Ordinal))
                {
                    statement = candidate;
                    found = true;
                    break;
                }
            }
        }
        return statement;
    }
}
