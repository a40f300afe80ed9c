using Micromegas.Formats;

namespace Micromegas.Telemetry;

/// <summary>Rules that all CBOR structures of the ingestion formats share (spec/data-lake.md §3.2).</summary>
internal static class CborFields
{
    private const int MaxKeyLength = 4096;

    /// <summary>Reads a structure's key: text, or a byte string with the same bytes.</summary>
    public static ReadOnlySpan<byte> ReadKey(scoped ref CborReader reader)
    {
        int position = reader.Position;
        ReadOnlySpan<byte> key = reader.Peek() == CborKind.ByteString ? reader.ReadByteString() : reader.ReadText();
        if (key.Length > MaxKeyLength)
        {
            throw new CorruptDataException("CBOR key is too long", position);
        }

        return key;
    }

    /// <summary>Fails when a field occurs a second time.</summary>
    public static void Once(ref bool seen, string field, int position)
    {
        if (seen)
        {
            throw new CorruptDataException($"Field '{field}' occurs twice", position);
        }

        seen = true;
    }
}
