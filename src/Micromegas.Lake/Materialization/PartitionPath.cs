using System.Globalization;

namespace Micromegas.Lake.Materialization;

/// <summary>Keys of partition files (spec/lakehouse.md §2.1).</summary>
internal static class PartitionPath
{
    /// <param name="viewSet">The view set.</param>
    /// <param name="instance"><c>global</c> or a UUID.</param>
    /// <param name="beginInsertTime">Nanoseconds since 1970 UTC; the name keeps whole seconds.</param>
    /// <param name="file">A fresh UUID: files are never written twice under one name.</param>
    public static string Create(string viewSet, string instance, long beginInsertTime, Guid file)
    {
        DateTime begin = DateTime.UnixEpoch.AddTicks(beginInsertTime / 100);
        return string.Create(CultureInfo.InvariantCulture, $"views/{viewSet}/{instance}/{begin:yyyy-MM-dd}/{begin:HH-mm-ss}_{file:D}.parquet");
    }
}
