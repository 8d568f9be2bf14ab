using System.Data.Common;
using Ca.Core.Authorities;
using Ca.Core.Certificates;
using Ca.Core.Issuance;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Npgsql;
using NpgsqlTypes;
using Pki.Protocols.Asn1;

namespace Ca.Core.Importing;

/// <summary>
/// Brings a batch into the tables: PostgreSQL's binary COPY into temporary tables, then one statement for each real one.
/// A hundred times the speed of single inserts, and still all or nothing with the checkpoint.
/// </summary>
internal sealed class BatchWriter(NpgsqlConnection connection, NpgsqlTransaction? transaction)
{
    public static BatchWriter On(DbContext db) =>
        new((NpgsqlConnection)db.Database.GetDbConnection(), (NpgsqlTransaction?)db.Database.CurrentTransaction?.GetDbTransaction());

    public async Task<BatchResult> WriteAsync(ImportBatch batch, Func<int, CertificateAuthority?> findCa, CancellationToken cancel)
    {
        await ExecuteAsync("stage", cancel);
        BatchResult certificates = batch.Certificates.Count == 0 ? new(0, 0, [], 0, 0) : await TakeAsync(batch.Certificates, findCa, cancel);
        return batch.EndEntities.Count == 0 ? certificates : certificates with { NewEndEntities = await TakeAsync(batch.EndEntities, cancel) };
    }

    private async Task<BatchResult> TakeAsync(IReadOnlyList<ImportedCertificate> certificates, Func<int, CertificateAuthority?> findCa, CancellationToken cancel)
    {
        CertificateRow[] rows = [.. certificates.Select(RowOf)];
        await CopyAsync("copy_certificates", rows, WriteAsync, cancel);
        await CopyAsync("copy_claims", certificates.SelectMany(c => Claims(c, findCa(c.CaId))), WriteAsync, cancel);
        int taken = await ExecuteAsync("take_certificates", cancel);
        int revoked = await ExecuteAsync("take_revocations", cancel);
        await ExecuteAsync("take_claims", cancel);
        return taken == certificates.Count
            ? new(taken, revoked, [], 0, 0)
            : new(taken, revoked, await ReadAsync("find_duplicates", cancel), (await ReadAsync("find_kept_revocations", cancel)).Count, 0);
    }

    private async Task<int> TakeAsync(IReadOnlyList<ImportedEndEntity> users, CancellationToken cancel)
    {
        await CopyAsync("copy_end_entities", users, WriteAsync, cancel);
        int taken = await ExecuteAsync("take_end_entities", cancel);
        await ExecuteAsync("take_user_profiles", cancel);
        return taken;
    }

    private static CertificateRow RowOf(ImportedCertificate imported) => new()
    {
        Fingerprint = imported.Fingerprint,
        CaId = imported.CaId,
        Serial = imported.Certificate.Serial.ToString(),
        SubjectDn = imported.Certificate.Subject.ToString(),
        SubjectAltName = imported.Certificate.SubjectAltName?.ToString(),
        Username = imported.Username,
        Status = imported.Status,
        Type = imported.Type,
        CertificateProfileId = imported.CertificateProfileId,
        EndEntityProfileId = imported.EndEntityProfileId,
        NotBefore = imported.Certificate.NotBefore,
        ExpireAt = imported.Certificate.NotAfter,
        IssuedAt = imported.Certificate.NotBefore,
        RevokedAt = imported.RevokedAt,
        RevocationReason = imported.RevocationReason,
        StatusChangedAt = imported.StatusChangedAt,
        PublicKeyDigest = imported.Certificate.PublicKey.Sha256(),
        Encoded = imported.Certificate.Encoded.ToArray(),
    };

    /// <summary>Nobody else may get this key or this name from its CA (CA_CORE §8 step 6), whoever issued the first certificate.</summary>
    private static IEnumerable<ClaimRow> Claims(ImportedCertificate imported, CertificateAuthority? ca)
    {
        if (imported is not { Username: { } user, Type: CertificateType.EndEntity } || ca is null)
        {
            return [];
        }

        List<ClaimRow> claims = [];
        void Add(bool wanted, ClaimKind kind, Func<byte[]> digest)
        {
            if (wanted)
            {
                claims.Add(new() { CaId = ca.Id, Kind = kind, Digest = digest(), Username = user });
            }
        }

        Add(ca.Settings.EnforceUniquePublicKeys, ClaimKind.PublicKey, imported.Certificate.PublicKey.Sha256);
        Add(ca.Settings.EnforceUniqueDistinguishedName, ClaimKind.Subject, () => IssuanceOrder.NameDigest(imported.Certificate.Subject.ToString()));
        if (imported.Certificate.Subject.First(Oids.NameSerialNumber) is { } serial)
        {
            Add(ca.Settings.EnforceUniqueSubjectSerialNumber, ClaimKind.SubjectSerialNumber, () => IssuanceOrder.NameDigest(serial));
        }

        return claims;
    }

    private async Task CopyAsync<T>(string statement, IEnumerable<T> rows, Func<NpgsqlBinaryImporter, T, CancellationToken, Task> write, CancellationToken cancel)
    {
        await using NpgsqlBinaryImporter importer = await connection.BeginBinaryImportAsync(ImportSql.Of(statement), cancel);
        foreach (T row in rows)
        {
            await importer.StartRowAsync(cancel);
            await write(importer, row, cancel);
        }

        await importer.CompleteAsync(cancel);
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter to, CertificateRow row, CancellationToken cancel)
    {
        await to.WriteAsync(row.Fingerprint, NpgsqlDbType.Varchar, cancel);
        await to.WriteAsync(row.CaId, NpgsqlDbType.Integer, cancel);
        await to.WriteAsync(row.Serial, NpgsqlDbType.Varchar, cancel);
        await to.WriteAsync(row.SubjectDn, NpgsqlDbType.Text, cancel);
        await TextAsync(to, row.SubjectAltName, cancel);
        await TextAsync(to, row.Username, cancel);
        await to.WriteAsync((int)row.Status, NpgsqlDbType.Integer, cancel);
        await to.WriteAsync((int)row.Type, NpgsqlDbType.Integer, cancel);
        await to.WriteAsync(row.CertificateProfileId, NpgsqlDbType.Integer, cancel);
        await to.WriteAsync(row.EndEntityProfileId, NpgsqlDbType.Integer, cancel);
        await to.WriteAsync(row.NotBefore, NpgsqlDbType.TimestampTz, cancel);
        await to.WriteAsync(row.ExpireAt, NpgsqlDbType.TimestampTz, cancel);
        await to.WriteAsync(row.IssuedAt, NpgsqlDbType.TimestampTz, cancel);
        await TimeAsync(to, row.RevokedAt, cancel);
        await to.WriteAsync(row.RevocationReason, NpgsqlDbType.Integer, cancel);
        await to.WriteAsync(row.StatusChangedAt, NpgsqlDbType.TimestampTz, cancel);
        await to.WriteAsync(row.PublicKeyDigest, NpgsqlDbType.Bytea, cancel);
        await to.WriteAsync(row.Encoded, NpgsqlDbType.Bytea, cancel);
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter to, ClaimRow row, CancellationToken cancel)
    {
        await to.WriteAsync(row.Digest, NpgsqlDbType.Bytea, cancel);
        await to.WriteAsync(row.CaId, NpgsqlDbType.Integer, cancel);
        await to.WriteAsync((int)row.Kind, NpgsqlDbType.Integer, cancel);
        await to.WriteAsync(row.Username, NpgsqlDbType.Varchar, cancel);
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter to, ImportedEndEntity user, CancellationToken cancel)
    {
        await to.WriteAsync(user.Username, NpgsqlDbType.Varchar, cancel);
        await to.WriteAsync(user.SubjectDn, NpgsqlDbType.Text, cancel);
        await TextAsync(to, user.SubjectAltName, cancel);
        await TextAsync(to, user.Email, cancel);
        await TextAsync(to, user.Secret, cancel);
        foreach (int number in new[] { user.CaId, user.EndEntityProfileId, user.CertificateProfileId, user.TokenType, user.Type, (int)user.Status })
        {
            await to.WriteAsync(number, NpgsqlDbType.Integer, cancel);
        }

        await to.WriteAsync(user.CreatedAt, NpgsqlDbType.TimestampTz, cancel);
        await to.WriteAsync(user.ModifiedAt, NpgsqlDbType.TimestampTz, cancel);
        foreach (int number in new[] { Math.Max(1, user.RequestsLeft), user.RequestsLeft, user.MaxFailedLogins, user.LoginsLeft })
        {
            await to.WriteAsync(number, NpgsqlDbType.Integer, cancel);
        }

        await TextAsync(to, user.StartTime, cancel);
        await TextAsync(to, user.EndTime, cancel);
        await to.WriteAsync(user.IssuanceRevocationReason, NpgsqlDbType.Integer, cancel);
        await TextAsync(to, user.LegacyExtra, cancel);
    }

    private static Task TextAsync(NpgsqlBinaryImporter to, string? text, CancellationToken cancel) =>
        text is null ? to.WriteNullAsync(cancel) : to.WriteAsync(text, NpgsqlDbType.Text, cancel);

    private static Task TimeAsync(NpgsqlBinaryImporter to, DateTimeOffset? time, CancellationToken cancel) =>
        time is { } value ? to.WriteAsync(value, NpgsqlDbType.TimestampTz, cancel) : to.WriteNullAsync(cancel);

    private async Task<int> ExecuteAsync(string statement, CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command(statement);
        return await command.ExecuteNonQueryAsync(cancel);
    }

    private async Task<IReadOnlyList<string>> ReadAsync(string statement, CancellationToken cancel)
    {
        await using NpgsqlCommand command = Command(statement);
        await using DbDataReader reader = await command.ExecuteReaderAsync(cancel);
        List<string> found = [];
        while (await reader.ReadAsync(cancel))
        {
            found.Add(reader.GetString(0));
        }

        return found;
    }

    private NpgsqlCommand Command(string statement)
    {
#pragma warning disable CA2100 // our own files
        return new(ImportSql.Of(statement), connection, transaction) { CommandTimeout = 300 };
#pragma warning restore CA2100
    }
}
