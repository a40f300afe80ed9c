using System.Buffers.Binary;
using System.Text;
using Micromegas.Formats;
using Micromegas.Lake.Catalogs;

namespace Micromegas.Lake.Materialization;

/// <summary>The advisory lock that serializes writers of one partition with upstream's (spec/lakehouse.md §1.6 and C.1).</summary>
internal static class PartitionLockKey
{
    public static long Create(string viewSet, string instance, LakeTimeRange insertRange)
    {
        byte[] text = new byte[Encoding.UTF8.GetByteCount(viewSet) + Encoding.UTF8.GetByteCount(instance) + 2 + 24];
        int length = Encoding.UTF8.GetBytes(viewSet, text);
        text[length++] = 0xFF;
        length += Encoding.UTF8.GetBytes(instance, text.AsSpan(length));
        text[length++] = 0xFF;
        WriteTime(insertRange.Begin, text.AsSpan(length));
        WriteTime(insertRange.End, text.AsSpan(length + 12));
        return unchecked((long)SipHash13.Hash(text));
    }

    /// <summary>Rust's chrono keeps year, day of the year and, in the low bits, what kind of year it is.</summary>
    internal static int YearOrdinalFlags(DateTime date)
    {
        // Days since the Sunday after 31 December of the year before: Monday 7, Tuesday 1, …, Sunday 6.
        int weekday = (int)new DateTime(date.Year, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddDays(-1).DayOfWeek;
        int flags = weekday switch
        {
            0 => 6,
            1 => 7,
            _ => weekday - 1,
        };
        return (date.Year << 13) | (date.DayOfYear << 4) | (DateTime.IsLeapYear(date.Year) ? 0 : 8) | flags;
    }

    private static void WriteTime(long nanoseconds, Span<byte> into)
    {
        const long PerSecond = 1_000_000_000;
        long second = Math.DivRem(nanoseconds, PerSecond, out long fraction);
        if (fraction < 0)
        {
            second--;
            fraction += PerSecond;
        }
        DateTime time = DateTime.UnixEpoch.AddTicks(second * TimeSpan.TicksPerSecond);
        BinaryPrimitives.WriteInt32LittleEndian(into, YearOrdinalFlags(time));
        BinaryPrimitives.WriteUInt32LittleEndian(into[4..], (uint)(time.TimeOfDay.Ticks / TimeSpan.TicksPerSecond));
        BinaryPrimitives.WriteUInt32LittleEndian(into[8..], (uint)fraction);
    }
}
