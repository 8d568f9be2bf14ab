using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Pki.Migration.Tests.World;

/// <summary>
/// A site of an EJBCA as its database shows it: a CA, certificates that it really signed (over a few key pairs), users, CRLs.
/// Everything follows from the number of a row, so that any size can be written and checked without keeping it.
/// </summary>
internal sealed class OldSite : IDisposable
{
    public const string CaSubject = "CN=Old CA,O=Old,C=SE";
    public const int OldCaId = -123456;
    public const long FullCrlNumber = 41;
    public const long DeltaCrlNumber = 43;

    private const string CertificateColumns = "fingerprint,base64Cert,cAFingerprint,certificateProfileId,endEntityProfileId,issuerDN,subjectDN,subjectAltName,serialNumber,subjectKeyId,notBefore,expireDate,revocationDate,revocationReason,status,type,tag,updateTime,username,rowVersion,rowProtection";
    private const string UserColumns = "username,cAId,cardNumber,certificateProfileId,clearPassword,endEntityProfileId,extendedInformationData,keyStorePassword,passwordHash,rowProtection,rowVersion,status,subjectAltName,subjectDN,subjectEmail,timeCreated,timeModified,tokenType,type";
    private static readonly DateTimeOffset Begin = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(2044, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly KeyPair caKey = KeyPair.Generate("P-256");
    private readonly KeyPair[] deviceKeys = [.. Enumerable.Range(0, 8).Select(_ => KeyPair.Generate("P-256"))];
    private readonly SignatureAlgorithm algorithm;

    public OldSite()
    {
        algorithm = SignatureAlgorithm.For(caKey.Public, HashAlgorithmName.SHA256);
        Ca = Make(1, CaSubject, caKey.Public, isCa: true);
    }

    public Certificate Ca { get; }

    /// <summary>The CA's own keystore, as an operator would have exported it.</summary>
    public byte[] ExportCa(string password)
    {
        using Secret secret = Secret.FromText(password);
        return Pkcs12.Save(new KeyStore(caKey, Ca, []), secret, "SignatureKeyAlias");
    }

    public static string UserOf(int i) => string.Create(CultureInfo.InvariantCulture, $"device{i}");

    public static string PasswordOf(int i) => string.Create(CultureInfo.InvariantCulture, $"secret {i}");

    public static string SubjectOf(int i) => string.Create(CultureInfo.InvariantCulture, $"CN=device{i},O=Old,C=SE");

    /// <summary>20 active, 21 active and told, 40 revoked, 60 archived.</summary>
    public static int StatusOf(int i) => i % 100 == 3 ? 60 : i % 50 == 1 ? 21 : i % 10 == 0 ? 40 : 20;

    /// <summary>What it becomes here: 21 is active, and 60 is still to be on CRLs, because no certificate has expired.</summary>
    public static int StatusHereOf(int i) => StatusOf(i) switch { 21 => 20, 60 => 40, var same => same };

    public static int ReasonOf(int i) => StatusOf(i) is 40 or 60 ? new[] { 0, 1, 3, 4, 5, 6, 9 }[i / 10 % 7] : -1;

    /// <summary>10 may enrol, 40 has its certificate, 50 revoked.</summary>
    public static int UserStatusOf(int i) => i % 7 == 0 ? 10 : i % 10 == 0 ? 50 : 40;

    public static int UsersOf(int certificates) => Math.Max(1, certificates / 5);

    public Certificate CertificateOf(int i) => Make(1_000_000L + i, SubjectOf(i), deviceKeys[i % deviceKeys.Length].Public, isCa: false);

    /// <summary>Signs anything else with the CA's key.</summary>
    public Certificate Make(long serial, string subject, SubjectPublicKey key, bool isCa) => new ToBeSignedCertificate(
        new SerialNumber(serial),
        algorithm,
        DistinguishedName.Parse(CaSubject).OrThrow().Encoded,
        Begin,
        End,
        DistinguishedName.Parse(subject).OrThrow().Encoded,
        key.Encoded,
        [
            CertificateExtensions.BasicConstraints(isCa),
            CertificateExtensions.SubjectKeyIdentifier(key),
            CertificateExtensions.AuthorityKeyIdentifier(caKey.Public.KeyIdentifier()),
            CertificateExtensions.KeyUsage(isCa ? KeyUsages.KeyCertSign | KeyUsages.CrlSign : KeyUsages.DigitalSignature),
        ]).Sign(caKey);

    /// <summary>The values of a row of CertificateData.</summary>
    public Dictionary<string, string?> Row(Certificate certificate, int status, int reason, string? username) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["fingerprint"] = Convert.ToHexStringLower(certificate.Sha1Fingerprint()),
        ["base64Cert"] = Lines(certificate.Encoded.Span),
        ["cAFingerprint"] = Convert.ToHexStringLower(Ca.Sha1Fingerprint()),
        ["certificateProfileId"] = "1",
        ["endEntityProfileId"] = "1",
        ["issuerDN"] = CaSubject,
        ["subjectDN"] = certificate.Subject.ToString(),
        ["subjectAltName"] = null,
        ["serialNumber"] = certificate.Serial.ToDecimal(),
        ["subjectKeyId"] = Convert.ToBase64String(certificate.PublicKey.KeyIdentifier()),
        ["notBefore"] = Milliseconds(certificate.NotBefore),
        ["expireDate"] = Milliseconds(certificate.NotAfter),
        ["revocationDate"] = reason >= 0 && status != 20 ? Milliseconds(Begin.AddDays(100)) : "-1",
        ["revocationReason"] = reason.ToString(CultureInfo.InvariantCulture),
        ["status"] = status.ToString(CultureInfo.InvariantCulture),
        ["type"] = "1",
        ["tag"] = null,
        ["updateTime"] = Milliseconds(Begin.AddDays(200)),
        ["username"] = username,
        ["rowVersion"] = "0",
        ["rowProtection"] = null,
    };

    /// <summary>The values of a row of UserData.</summary>
    public static Dictionary<string, string?> UserRow(int i) => new(StringComparer.OrdinalIgnoreCase)
    {
        ["username"] = UserOf(i),
        ["cAId"] = OldCaId.ToString(CultureInfo.InvariantCulture),
        ["cardNumber"] = null,
        ["certificateProfileId"] = "1",
        ["clearPassword"] = null,
        ["endEntityProfileId"] = "1",
        ["extendedInformationData"] = null,
        ["keyStorePassword"] = null,
        ["passwordHash"] = Convert.ToHexStringLower(SHA1.HashData(Encoding.UTF8.GetBytes(PasswordOf(i)))),
        ["rowProtection"] = null,
        ["rowVersion"] = "0",
        ["status"] = UserStatusOf(i).ToString(CultureInfo.InvariantCulture),
        ["subjectAltName"] = null,
        ["subjectDN"] = SubjectOf(i),
        ["subjectEmail"] = null,
        ["timeCreated"] = Milliseconds(Begin),
        ["timeModified"] = Milliseconds(Begin.AddDays(1)),
        ["tokenType"] = "1",
        ["type"] = "1",
    };

    /// <summary>Writes what mysqldump --complete-insert --hex-blob writes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="certificates">How many.</param>
    /// <param name="rowsPerInsert">1: --skip-extended-insert.</param>
    /// <param name="apart">The certificates themselves are in Base64CertData.</param>
    public void WriteDump(string path, int certificates, int rowsPerInsert = 1, bool apart = false)
    {
        using var file = new StreamWriter(path, append: false, new UTF8Encoding(false), 1 << 20) { NewLine = "\n" };
        file.WriteLine("-- MySQL dump 10.19\n/*!40101 SET NAMES utf8 */;\nDROP TABLE IF EXISTS `CAData`;");
        Insert(file, "CAData", "cAId,data,expireTime,name,rowProtection,rowVersion,status,subjectDN,updateTime", 1,
            [[OldCaId.ToString(CultureInfo.InvariantCulture), Data(Ca), Milliseconds(End), "OldCA", null, "0", "1", CaSubject, "0"]]);
        InsertCrls(file, certificates);
        string[] columns = CertificateColumns.Split(',');
        IEnumerable<Dictionary<string, string?>> rows = CertificateRows(certificates);
        if (apart)
        {
            rows = [.. rows]; // each signature is made anew
            Insert(file, "Base64CertData", "fingerprint,base64Cert,certificateRequest", rowsPerInsert, rows.Select(row => (string?[])[row["fingerprint"], row["base64Cert"], null]));
        }

        Insert(file, "CertificateData", CertificateColumns, rowsPerInsert, rows.Select(row => columns.Select(c => apart && c == "base64Cert" ? null : row[c]).ToArray()));
        string[] userColumns = UserColumns.Split(',');
        Insert(file, "UserData", UserColumns, rowsPerInsert, Enumerable.Range(1, UsersOf(certificates)).Select(i => userColumns.Select(c => UserRow(i)[c]).ToArray()));
        file.WriteLine("-- Dump completed");
    }

    /// <summary>The last full and the last delta CRL.</summary>
    public void InsertCrls(TextWriter file, int certificates) =>
        Insert(file, "CRLData", "fingerprint,base64Crl,cAFingerprint,cRLNumber,deltaCRLIndicator,issuerDN,nextUpdate,rowProtection,rowVersion,thisUpdate", 1, Crls(certificates));

    /// <summary>The CA's own certificate is in the table, too.</summary>
    public IEnumerable<Dictionary<string, string?>> CertificateRows(int certificates) => Enumerable.Range(0, certificates)
        .Select(i => i == 0 ? Row(Ca, 20, -1, "SYSTEMCA") : Row(CertificateOf(i), StatusOf(i), ReasonOf(i), UserOf(i)));

    public IEnumerable<string?[]> Crls(int certificates)
    {
        foreach ((long number, long? basis) in new (long, long?)[] { (FullCrlNumber, null), (DeltaCrlNumber, FullCrlNumber) })
        {
            yield return CrlRow(Crl(number, basis, certificates), number, isDelta: basis is not null);
        }
    }

    public string?[] CrlRow(CertificateList crl, long number, bool isDelta) =>
    [
        Convert.ToHexStringLower(crl.Sha1Fingerprint()), Lines(crl.Encoded.Span), Convert.ToHexStringLower(Ca.Sha1Fingerprint()), number.ToString(CultureInfo.InvariantCulture),
        isDelta ? "1" : "-1", CaSubject, Milliseconds(crl.NextUpdate!.Value), null, "0", Milliseconds(crl.ThisUpdate),
    ];

    public CertificateList Crl(long number, long? basis, int certificates)
    {
        RevokedCertificate[] revoked = basis is not null ? [] :
            [.. Enumerable.Range(1, Math.Max(0, certificates - 1)).Where(i => StatusOf(i) == 40)
                .Select(i => new RevokedCertificate(new SerialNumber(1_000_000L + i), Begin.AddDays(100), (RevocationReason)ReasonOf(i)))];
        List<CertificateExtension> extensions = [CertificateExtensions.AuthorityKeyIdentifier(caKey.Public.KeyIdentifier()), CertificateExtensions.CrlNumber(number)];
        if (basis is { } baseNumber)
        {
            extensions.Add(new CertificateExtension("2.5.29.27", true, CertificateExtensions.CrlNumber(baseNumber).Value));
        }

        return new ToBeSignedCertificateList(algorithm, Ca.Subject.Encoded, Begin.AddDays(300), Begin.AddDays(900), revoked, extensions).Sign(caKey);
    }

    public static void Insert(TextWriter file, string table, string columns, int rowsPerInsert, IEnumerable<string?[]> rows)
    {
        string head = $"INSERT INTO `{table}` ({string.Join(", ", columns.Split(',').Select(c => $"`{c}`"))}) VALUES ";
        foreach (string?[][] chunk in rows.Chunk(rowsPerInsert))
        {
            file.Write(head);
            for (int r = 0; r < chunk.Length; r++)
            {
                file.Write(r == 0 ? "(" : ",(");
                for (int c = 0; c < chunk[r].Length; c++)
                {
                    file.Write(c == 0 ? "" : ",");
                    WriteValue(file, chunk[r][c]);
                }

                file.Write(')');
            }

            file.Write(";\n");
        }
    }

    public void Dispose()
    {
        caKey.Dispose();
        Array.ForEach(deviceKeys, key => key.Dispose());
    }

    private static void WriteValue(TextWriter file, string? value)
    {
        if (value is null)
        {
            file.Write("NULL");
        }
        else if (long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _) && value.Length < 15)
        {
            file.Write(value);
        }
        else
        {
            file.Write('\'');
            foreach (char c in value)
            {
                file.Write(c switch { '\'' => "\\'", '\\' => @"\\", '\n' => "\\n", '\r' => "\\r", '\0' => "\\0", '\u001a' => "\\Z", _ => c.ToString() });
            }

            file.Write('\'');
        }
    }

    /// <summary>What CAData keeps of a CA, as far as this file needs it.</summary>
    private static string Data(Certificate ca) =>
        "<java version=\"1.8.0\" class=\"java.beans.XMLDecoder\"><object class=\"java.util.LinkedHashMap\"><void method=\"put\"><string>certificatechain</string><object class=\"java.util.ArrayList\"><void method=\"add\">"
        + $"<string>{Convert.ToBase64String(ca.Encoded.Span)}</string></void></object></void></object></java>";

    private static string Milliseconds(DateTimeOffset time) => time.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>64 columns with line feeds, as the legacy product stores them.</summary>
    private static string Lines(ReadOnlySpan<byte> der)
    {
        string text = Convert.ToBase64String(der);
        var lines = new StringBuilder(text.Length + (text.Length / 64));
        for (int i = 0; i < text.Length; i += 64)
        {
            lines.Append(text, i, Math.Min(64, text.Length - i)).Append(i + 64 < text.Length ? "\n" : "");
        }

        return lines.ToString();
    }
}
