using System.Security.Cryptography;
using System.Text;

namespace Micromegas.Sql.Tests;

public sealed class FingerprintTests
{
    [Theory]
    [InlineData("SELECT 1", "select ?")]
    [InlineData("select\n 2.5e3 -- comment\n", "select ?")]
    [InlineData("SELECT \"A b\", 'x', N'y', X'00', E'\\n' /* all */ FROM t;", "select \"A b\" , ? , ? , ? , ? from t ;")]
    [InlineData("SELECT a::text->>'k' FROM t WHERE b<>$1 AND c<=@p", "select a :: text ->> ? from t where b <> $1 and c <= @p")]
    [InlineData("SELECT  'never   closed", "SELECT 'never closed")]
    [InlineData("", "")]
    public void Literals_blanks_comments_and_case_make_no_difference(string sql, string normalized) => Assert.Equal(
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(normalized)))[..16], SqlFingerprint.Of(sql));
}
