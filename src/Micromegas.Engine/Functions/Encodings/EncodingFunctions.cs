using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Micromegas.Columnar;
using Micromegas.Engine.Expressions;

namespace Micromegas.Engine.Functions;

/// <summary>Text forms of bytes, and hashes (spec/sql.md §5.12).</summary>
internal static class EncodingFunctions
{
    public static IReadOnlyList<ScalarFunction> All { get; } =
    [
        new DefinedFunction(
            "encode", "(bytes, format)", "Bytes as text: hex, base64 (without padding) or base64pad.",
            Accept.Fixed("encode", DataType.Utf8, 2, Accept.Bytes, Accept.Text), static s => new BytesRowKernel(s, Encode)) { CanFail = true },
        new DefinedFunction(
            "decode", "(text, format)", "Bytes from text: hex, base64 or base64pad.",
            Accept.Fixed("decode", DataType.Binary, 2, Accept.Bytes, Accept.Text), static s => new BytesRowKernel(s, Decode)) { CanFail = true },
        new DefinedFunction(
            "md5", "(bytes)", "MD5 as 32 hexadecimal digits.", Accept.Fixed("md5", DataType.Utf8View, 1, Accept.Bytes), static s => new BytesRowKernel(s, Md5)),
        Hash("sha224", Sha224.Hash),
        Hash("sha256", static (text, into) => SHA256.HashData(text, into)),
        Hash("sha384", static (text, into) => SHA384.HashData(text, into)),
        Hash("sha512", static (text, into) => SHA512.HashData(text, into)),
        new DefinedFunction(
            "digest", "(bytes, algorithm)", "Hash by name: md5, sha224, sha256, sha384, sha512, blake2b, blake2s, blake3.",
            Accept.Fixed("digest", DataType.Binary, 2, Accept.Bytes, Accept.Text), static s => new BytesRowKernel(s, Digest)) { CanFail = true },
    ];

    private delegate int HashBytes(ReadOnlySpan<byte> text, Span<byte> into);

    private static DefinedFunction Hash(string name, HashBytes hash) => new(
        name, "(bytes)", $"The {name} hash.", Accept.Fixed(name, DataType.Binary, 1, Accept.Bytes),
        signature => new BytesRowKernel(signature, (RowArguments a, int row, ref BytesWriter writer) => writer.Advance(hash(a.Text(0, row), writer.Reserve(64)))));

    private static void Md5(RowArguments a, int row, ref BytesWriter writer)
    {
        Span<byte> hash = stackalloc byte[16];
#pragma warning disable CA5351 // md5 is a function of the dialect, no safeguard of ours.
        MD5.HashData(a.Text(0, row), hash);
#pragma warning restore CA5351
        TextForms.Hex(ref writer, hash);
    }

    private static void Digest(RowArguments a, int row, ref BytesWriter writer)
    {
        var text = a.Text(0, row);
        var target = writer.Reserve(64);
        switch (Encoding.UTF8.GetString(a.Text(1, row)).ToLowerInvariant())
        {
            case "md5":
#pragma warning disable CA5351 // As above.
                writer.Advance(MD5.HashData(text, target));
#pragma warning restore CA5351
                break;
            case "sha224":
                writer.Advance(Sha224.Hash(text, target));
                break;
            case "sha256":
                writer.Advance(SHA256.HashData(text, target));
                break;
            case "sha384":
                writer.Advance(SHA384.HashData(text, target));
                break;
            case "sha512":
                writer.Advance(SHA512.HashData(text, target));
                break;
            case "blake2b":
                writer.Advance(Blake2.HashB(text, target));
                break;
            case "blake2s":
                writer.Advance(Blake2.HashS(text, target));
                break;
            case "blake3":
                writer.Advance(Blake3.Hash(text, target));
                break;
            case var other:
                Throw.Engine(SqlState.InvalidParameterValue, $"unsupported digest algorithm '{other}'");
                break;
        }
    }

    private static void Encode(RowArguments a, int row, ref BytesWriter writer)
    {
        var bytes = a.Text(0, row);
        var format = a.Text(1, row);
        if (format.SequenceEqual("hex"u8))
        {
            TextForms.Hex(ref writer, bytes);
            return;
        }
        var isPadded = format.SequenceEqual("base64pad"u8);
        if (!isPadded && !format.SequenceEqual("base64"u8))
        {
            ThrowFormat(format);
        }
        var target = writer.Reserve(Base64.GetMaxEncodedToUtf8Length(bytes.Length));
        Base64.EncodeToUtf8(bytes, target, out _, out var written);
        while (!isPadded && written > 0 && target[written - 1] == (byte)'=')
        {
            written--;
        }
        writer.Advance(written);
    }

    private static void Decode(RowArguments a, int row, ref BytesWriter writer)
    {
        var text = a.Text(0, row);
        var format = a.Text(1, row);
        if (format.SequenceEqual("hex"u8))
        {
            var hex = writer.Reserve(text.Length / 2);
            if (Convert.FromHexString(text, hex, out _, out var count) != System.Buffers.OperationStatus.Done)
            {
                Throw.Engine(SqlState.InvalidTextRepresentation, "Failed to decode value using hex");
            }
            writer.Advance(count);
            return;
        }
        if (!format.SequenceEqual("base64"u8) && !format.SequenceEqual("base64pad"u8))
        {
            ThrowFormat(format);
        }
        var unpadded = text.TrimEnd((byte)'=');
        var target = writer.Reserve(text.Length + 4);
        var whole = unpadded.Length / 4 * 4;
        var status = Base64.DecodeFromUtf8(unpadded[..whole], target, out _, out var written);
        var rest = unpadded[whole..];
        if (status == System.Buffers.OperationStatus.Done && !rest.IsEmpty)
        {
            Span<byte> last = [(byte)'=', (byte)'=', (byte)'=', (byte)'='];
            rest.CopyTo(last);
            status = Base64.DecodeFromUtf8(last, target[written..], out _, out var more);
            written += more;
        }
        if (status != System.Buffers.OperationStatus.Done || unpadded.IndexOfAny(" \t\r\n"u8) >= 0)
        {
            Throw.Engine(SqlState.InvalidTextRepresentation, "Failed to decode value using base64");
        }
        writer.Advance(written);
    }

    private static void ThrowFormat(ReadOnlySpan<byte> format) => Throw.Engine(
        SqlState.InvalidParameterValue, $"There is no built-in encoding named '{Encoding.UTF8.GetString(format)}', currently supported encodings are: base64, base64pad, hex");
}
