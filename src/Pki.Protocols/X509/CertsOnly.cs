using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.Trust;

namespace Pki.Protocols.X509;

/// <summary>The contents of a certs-only message.</summary>
/// <param name="Certificates">In the order they were written, which clients rely on (SCEP.md B-12).</param>
/// <param name="CertificateLists">CRLs; empty in an answer that carries certificates.</param>
public sealed record CertificateBundle(IReadOnlyList<Certificate> Certificates, IReadOnlyList<CertificateList> CertificateLists) : IAsn1Value<CertificateBundle>
{
    private const int Version1 = 1;
    private const int MaxMembers = 100;

    private static readonly Asn1Tag Context0 = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag Context1 = new(TagClass.ContextSpecific, 1);

    /// <summary>Reads degenerate SignedData: without content, or with empty content as some tools write, and without signers.</summary>
    public static CertificateBundle Decode(AsnReader reader)
    {
        AsnReader info = reader.ReadSequence();
        Expect(info.ReadObjectIdentifier(), Oids.SignedData);
        AsnReader wrapper = info.ReadExplicit(0);
        info.ThrowIfNotEmpty();
        AsnReader fields = wrapper.ReadSequence();
        wrapper.ThrowIfNotEmpty();
        fields.ReadIntegerBytes(); // 1 by RFC 8894 §3.4, 3 by RFC 5652 §5.1 in other shapes; nothing depends on it
        fields.ReadUnsortedSet(); // digestAlgorithms, without meaning where nothing is signed
        Expect(fields.ReadSequence().ReadObjectIdentifier(), Oids.Data);
        List<Certificate> certificates = fields.NextIsContext(0) ? ReadAll(fields.ReadUnsortedSet(Context0), Certificate.Decode) : [];
        List<CertificateList> lists = fields.NextIsContext(1) ? ReadAll(fields.ReadUnsortedSet(Context1), CertificateList.Decode) : [];
        fields.ReadUnsortedSet().ThrowIfNotEmpty(); // signerInfos: a signed message is not read by somebody who does not verify
        fields.ThrowIfNotEmpty();
        return new(certificates, lists);
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteObjectIdentifier(Oids.SignedData);
            using (writer.PushSequence(Context0))
            using (writer.PushSequence())
            {
                writer.WriteInteger(Version1);
                WriteEmptySet(writer);
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(Oids.Data); // and no eContent: an empty one is refused by strict readers (SCEP.md G-04)
                }

                WriteInOrder(writer, Context0, Certificates);
                WriteInOrder(writer, Context1, CertificateLists);
                WriteEmptySet(writer);
            }
        }
    }

    private static List<T> ReadAll<T>(AsnReader members, Func<AsnReader, T> read)
    {
        List<T> list = [];
        while (members.HasData)
        {
            list.Add(read(members));
            LimitExceededException.ThrowIfMore(list.Count, MaxMembers, "Members of a certs-only message");
        }

        return list;
    }

    /// <summary>A SET by its tag, but written as a SEQUENCE is, because the DER writer would sort it (SCEP.md G-03).</summary>
    private static void WriteInOrder<T>(AsnWriter writer, Asn1Tag tag, IReadOnlyList<T> members)
        where T : class, IAsn1Value<T>
    {
        if (members.Count == 0)
        {
            return;
        }

        using (writer.PushSequence(tag))
        {
            foreach (T member in members)
            {
                member.Encode(writer);
            }
        }
    }

    private static void WriteEmptySet(AsnWriter writer)
    {
        using (writer.PushSetOf())
        {
        }
    }

    private static void Expect(string oid, string expected)
    {
        if (oid != expected)
        {
            throw new AsnContentException($"{expected} is expected here, not {oid}.");
        }
    }
}

/// <summary>
/// Degenerate SignedData: certificates or CRLs and nothing signed (RFC 8894 §3.4, SCEP.md G-03, G-04, B-13). By
/// hand, because the platform sorts the certificates or writes an empty content.
/// </summary>
public static class CertsOnly
{
    /// <summary>Writes the message.</summary>
    public static byte[] Encode(IEnumerable<Certificate> inOrder, IEnumerable<CertificateList>? lists = null) =>
        Der.Encode(new CertificateBundle([.. inOrder], [.. lists ?? []]));

    /// <summary>Reads the message, BER or DER.</summary>
    public static Outcome<CertificateBundle> Decode(ReadOnlyMemory<byte> encoded) => Der.DecodeBer<CertificateBundle>(encoded);
}
