using Npgsql;

namespace Micromegas.Lake.Catalogs.Postgres;

/// <summary>The server's errors as errors of this room.</summary>
internal static class PostgresErrors
{
    public static LakeException Translate(NpgsqlException error, string server)
    {
        if (error is not PostgresException refused)
        {
            return new LakeException(
                "08006",
                error.InnerException is TimeoutException ? $"the catalogue at {server} did not answer in time" : $"the catalogue at {server} cannot be reached: {error.Message}",
                error);
        }
        string sqlState = refused.SqlState switch
        {
            PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected => "40001",
            PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.ReadOnlySqlTransaction
                or PostgresErrorCodes.InsufficientPrivilege or PostgresErrorCodes.StringDataRightTruncation or PostgresErrorCodes.UntranslatableCharacter => refused.SqlState,
            ['5', '3', ..] => refused.SqlState,
            ['2', '8', ..] or ['0', '8', ..] or ['3', 'D', ..] or ['5', '7', 'P', ..] => "08006",
            ['5', '8', ..] => "58030",
            ['X', 'X', '0', '0', '1' or '2'] => "XX001",
            _ => "XX000",
        };
        return new LakeException(sqlState, $"the catalogue at {server} failed: {refused.MessageText}", refused);
    }
}
