using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using Ca.Core.Issuance;
using Ca.Core.Profiles;
using Ca.Core.Roles;
using ExtRa.Legacy;
using ExtRa.Legacy.Documents;
using ExtRa.Legacy.JavaStreams;
using ExtRa.Legacy.SubMessages;
using ExtRa.Messages.Contract;
using ExtRa.Messages.Sealing;
using ExtRa.Messages.Store;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;
using TestKit;

namespace CaServiceWorker.Tests.Legacy;

/// <summary>
/// A legacy RA program: writes and reads the table with SQL of its own, over its own seven columns, as Hibernate does
/// (WIRE.md 1.4), and makes and opens CMS with the platform's classes.
/// </summary>
internal sealed class LegacyRa(TestSystem system, MessageDialect dialect, KeyStore own, KeyStore worker, JavaMapKind maps, bool keepsObjects = false)
{
    private static readonly Actor Admin = Actor.Internal("set-up");

    public KeyStore Own => own;

    /// <summary>An RSA link key of the ManagementCA: legacy programs know no other.</summary>
    public static async Task<KeyStore> IssueAsync(TestSystem system, string name, CancellationToken cancel, string keySpec = "2048", bool member = true)
    {
        var profile = new CertificateProfile { KeyUsage = new() { Usages = LinkKeys.Good } };
        (await system.Get<ProfileStore>().SetAsync(Admin, "LEGACY-LINK", profile, cancel)).OrThrow();
        KeyStore key = (await system.Get<KeyStoreIssuer>().IssueAsync(
            new() { Actor = Admin, Username = name, SubjectDn = $"CN={name}", CaName = "ManagementCA", CertificateProfile = "LEGACY-LINK", KeySpec = keySpec }, cancel)).OrThrow();
        if (member)
        {
            (await system.Get<RoleStore>().AddMemberAsync(Admin, "RA", "ManagementCA", MatchWith.CertificateSerialNumber, key.Certificate.Serial.ToString(), cancel)).OrThrow();
        }

        return key;
    }

    /// <summary>The document of a message.</summary>
    public string Write(Protection protection, DateTimeOffset? signingTime = null, params IReadOnlyList<Request> requests) =>
        Seal(JavaMapList.Write([.. requests.Select(request => SubMessageWriter.Write(request, maps))]), protection, signingTime);

    public string Seal(byte[] stream, Protection protection, DateTimeOffset? signingTime = null)
    {
        byte[] payload = stream;
        if (protection.Signed)
        {
            using X509Certificate2 signer = ForPlatform(own);
            var signed = new SignedCms(new ContentInfo(payload));
            signed.ComputeSignature(new CmsSigner(SubjectIdentifierType.IssuerAndSerialNumber, signer)
            {
                DigestAlgorithm = new Oid("2.16.840.1.101.3.4.2.1"),
                IncludeOption = X509IncludeOption.EndCertOnly,
                SignedAttributes = { new Pkcs9SigningTime((signingTime ?? DateTimeOffset.UtcNow).UtcDateTime) },
            });
            payload = signed.Encode();
        }

        if (protection.Encrypted)
        {
            using X509Certificate2 receiver = X509CertificateLoader.LoadCertificate(worker.Certificate.Encoded.Span);
            var enveloped = new EnvelopedCms(new ContentInfo(payload), new System.Security.Cryptography.Pkcs.AlgorithmIdentifier(new Oid("2.16.840.1.101.3.4.1.42")));
            enveloped.Encrypt(new CmsRecipient(SubjectIdentifierType.IssuerAndSerialNumber, receiver, RSAEncryptionPadding.Pkcs1));
            payload = enveloped.Encode();
        }

        return new LegacyDocument(protection.Signed, protection.Encrypted, payload).Write();
    }

    /// <summary>Stores a request: a new row, or the same row once more.</summary>
    public async Task<string> StoreAsync(string messageId, string document, CancellationToken cancel, MessageType type = MessageType.ExtRa, MessageStatus status = MessageStatus.Waiting)
    {
        string key = LegacyIds.UniqueId(type, messageId);
        string now = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);
        // Hibernate from 3.6 on keeps the text in a large object and forgets the one before (WIRE.md 1.3).
        string column = keepsObjects ? $"lo_from_bytea(0, '{document}'::bytea)::text" : $"'{document}'";
        string rows = await RunAsync($"select count(*) from message where uniqueId = '{key}'", cancel);
        await RunAsync(
            rows.Trim() == "0"
                ? $"insert into message (createtime, message, messageid, modifytime, status, type, uniqueId) values ({now}, {column}, '{messageId}', {now}, {(int)status}, {(int)type}, '{key}')"
                : $"update message set message = {column}, modifytime = {now}, status = {(int)status} where uniqueId = '{key}'",
            cancel);
        return key;
    }

    /// <summary>The answer in a row, once there is one.</summary>
    public async Task<LegacyAnswer> AnswerAsync(string key, CancellationToken cancel)
    {
        MessageRow row = await system.AnsweredRowAsync(key, cancel);
        LegacyDocument document = LegacyDocument.Read(row.Message!).OrThrow();
        byte[] payload = document.Payload;
        if (document.Encrypted)
        {
            using X509Certificate2 receiver = ForPlatform(own);
            var enveloped = new EnvelopedCms();
            enveloped.Decode(payload);
            enveloped.Decrypt([receiver]);
            payload = enveloped.ContentInfo.Content;
        }

        if (document.Signed)
        {
            var signed = new SignedCms();
            signed.Decode(payload);
            signed.CheckSignature(verifySignatureOnly: true);
            CollectionAssert.AreEqual(worker.Certificate.Encoded.ToArray(), signed.SignerInfos[0].Certificate!.RawData);
            Assert.AreEqual("2.16.840.1.101.3.4.2.1", signed.SignerInfos[0].DigestAlgorithm.Value);
            payload = signed.ContentInfo.Content;
        }

        JavaMap[] read = [.. JavaMapList.Read(payload).OrThrow()];
        return new(new(document.Signed, document.Encrypted), read);
    }

    public Task<string> RunAsync(string sql, CancellationToken cancel) => dialect == MessageDialect.PostgreSql
        ? TestDatabases.RunPostgreSqlAsync(system.MessageConnection, sql, cancel)
        : TestDatabases.RunMariaDbAsync(system.MessageConnection, sql, cancel);

    private static X509Certificate2 ForPlatform(KeyStore store)
    {
        using Secret password = Secret.FromText("between us");
        return X509CertificateLoader.LoadPkcs12(Pkcs12.Save(store, password, "key"), "between us");
    }
}

/// <summary>What a legacy RA reads.</summary>
internal sealed record LegacyAnswer(Protection Protection, IReadOnlyList<JavaMap> Maps)
{
    public JavaMap Only => Maps.Single();

    public object? this[string key] => Only.TryGet(key, out object? value) ? value : throw new KeyNotFoundException(key);

    public bool Has(string key) => Only.TryGet(key, out _);
}
