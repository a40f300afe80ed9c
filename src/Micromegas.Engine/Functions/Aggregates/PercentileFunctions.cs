using System.Globalization;
using Micromegas.Columnar;
using Micromegas.Engine.Execution;

namespace Micromegas.Engine.Functions;

/// <summary><c>median(x)</c>: exact; integers give Float64, floats and decimals keep their type.</summary>
internal sealed class MedianFunction() : AggregateFunction("median")
{
    public override string Summary => "The middle value, or the mean of the two in the middle.";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 1, 1);
        var type = arguments.Types[0].ValueType;
        if (!type.IsNumeric)
        {
            throw FunctionErrors.NoMatch(Name, arguments);
        }
        type = type.IsInteger ? DataType.Float64 : type.Kind == TypeKind.Float16 ? DataType.Float32 : type;
        return new FunctionSignature([type], type);
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context) =>
        signature.ReturnType.Kind switch
        {
            TypeKind.Float32 => new PercentileAccumulator<float, SingleRank>(signature.ReturnType, 0.5),
            TypeKind.Decimal128 => new PercentileAccumulator<Int128, DecimalRank>(signature.ReturnType, 0.5),
            TypeKind.Decimal256 => new PercentileAccumulator<Int256, WideDecimalRank>(signature.ReturnType, 0.5),
            _ => new PercentileAccumulator<double, DoubleRank>(signature.ReturnType, 0.5),
        };
}

/// <summary><c>percentile_cont(x, p)</c>, or with WITHIN GROUP: exact, linear between the two nearest values.</summary>
internal sealed class PercentileFunction() : AggregateFunction("percentile_cont", "quantile_cont")
{
    public override string Usage => "(p) WITHIN GROUP (ORDER BY x)";

    public override int? ShareOrdinal => 1;

    public override string Summary => "The value below which a share of the values lies, exactly.";

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        FunctionErrors.CheckCount(Name, arguments, 2, 2);
        Percentile.Share(Name, arguments, 1);
        var type = Accept.Float(arguments.Types[0]) ?? throw FunctionErrors.NoMatch(Name, arguments);
        return new FunctionSignature([type, DataType.Float64], type);
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context)
    {
        var share = Percentile.Share(Name, arguments, 1);
        return signature.ReturnType.Kind == TypeKind.Float32
            ? new PercentileAccumulator<float, SingleRank>(signature.ReturnType, share)
            : new PercentileAccumulator<double, DoubleRank>(signature.ReturnType, share);
    }
}

/// <summary><c>approx_percentile_cont(x, p [, centroids])</c>, with a weight, or as <c>approx_median(x)</c>: a t-digest of 100 centroids.</summary>
internal sealed class ApproximatePercentileFunction(string name, bool isMedian, bool hasWeight) : AggregateFunction(name)
{
    public override string Usage => isMedian ? "(x)" : hasWeight ? "(weight, p [, centroids]) WITHIN GROUP (ORDER BY x)" : "(p [, centroids]) WITHIN GROUP (ORDER BY x)";

    public override string Summary => "The value below which a share of the values lies, estimated by a t-digest.";

    public override int? ShareOrdinal => hasWeight ? 2 : 1;

    public override FunctionSignature Resolve(FunctionArguments arguments)
    {
        var first = hasWeight ? 2 : 1;
        FunctionErrors.CheckCount(Name, arguments, isMedian ? 1 : first + 1, isMedian ? 1 : first + 2);
        var type = Accept.Float(arguments.Types[0]) ?? throw FunctionErrors.NoMatch(Name, arguments);
        var types = new List<DataType> { type };
        if (hasWeight)
        {
            types.Add(Accept.Float64(arguments.Types[1]) ?? throw FunctionErrors.NoMatch(Name, arguments));
        }
        if (!isMedian)
        {
            Percentile.Share(Name, arguments, first);
            types.Add(DataType.Float64);
        }
        if (arguments.Count > first + 1)
        {
            Percentile.Centroids(Name, arguments, first + 1);
            types.Add(DataType.Int64);
        }
        return new FunctionSignature(types, type);
    }

    public override Accumulator CreateAccumulator(FunctionSignature signature, FunctionArguments arguments, QueryContext context)
    {
        var first = hasWeight ? 2 : 1;
        var share = isMedian ? 0.5 : Percentile.Share(Name, arguments, first);
        var centroids = arguments.Count > first + 1 ? Percentile.Centroids(Name, arguments, first + 1) : TDigest.DefaultCentroids;
        return new DigestAccumulator(signature.ReturnType, share, centroids, hasWeight);
    }
}

/// <summary>Constant arguments of the percentile functions.</summary>
internal static class Percentile
{
    /// <summary>A constant from 0 to 1.</summary>
    public static double Share(string name, FunctionArguments arguments, int ordinal)
    {
        var value = arguments.Constants[ordinal]?.Value;
        var share = value switch
        {
            double number => number,
            float number => number,
            long number => number,
            int number => number,
            Int128 number when arguments.Constants[ordinal]!.Type.IsDecimal => (double)number / Math.Pow(10, arguments.Constants[ordinal]!.Type.Scale),
            _ => double.NaN,
        };
        return share is >= 0 and <= 1
            ? share
            : throw FunctionErrors.BadArgument($"Percentile value must be a constant between 0.0 and 1.0 inclusive for '{name}'");
    }

    /// <summary>A constant number of centroids; a fraction is cut off.</summary>
    public static int Centroids(string name, FunctionArguments arguments, int ordinal)
    {
        var constant = arguments.Constants[ordinal];
        var value = constant?.Value switch
        {
            double number => number,
            float number => number,
            Int128 number when constant.Type.IsDecimal => (double)number / Math.Pow(10, constant.Type.Scale),
            long or int or ulong or uint or short or byte => Convert.ToDouble(constant.Value, CultureInfo.InvariantCulture),
            _ => 0,
        };
        return value is >= 1 and <= 1_000_000 ? (int)value : throw FunctionErrors.BadArgument($"The number of centroids of '{name}' must be a constant integer > 0");
    }
}
