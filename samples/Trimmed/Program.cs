using Micromegas.Samples.Trimmed;

// Trimmed DIRECTORY STATEMENT… prints the answers that a lake gives to SQL statements.
if (args.Length < 2)
{
    Console.Error.WriteLine("Trimmed DIRECTORY STATEMENT…");
    return 2;
}

await Answers.PrintAsync(args[0], args[1..], Console.Out);
return 0;
