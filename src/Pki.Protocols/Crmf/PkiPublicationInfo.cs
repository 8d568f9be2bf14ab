using System.Formats.Asn1;
using Pki.Protocols.Asn1;
using Pki.Protocols.X509;

namespace Pki.Protocols.Crmf;

/// <summary>Whether and where the requester wants the certificate published.</summary>
/// <param name="PleasePublish">False for dontPublish.</param>
/// <param name="Places">Where; empty leaves it to the CA.</param>
/// <remarks>
/// RFC 4211 §6.3: SEQUENCE { action INTEGER { dontPublish(0), pleasePublish(1) }, pubInfos SEQUENCE SIZE (1..MAX) OF SinglePubInfo OPTIONAL }
/// </remarks>
public sealed record PkiPublicationInfo(bool PleasePublish, IReadOnlyList<PublicationPlace> Places) : IAsn1Value<PkiPublicationInfo>
{
    /// <inheritdoc />
    public static PkiPublicationInfo Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        bool publish = fields.ReadChoice(1, "action of PKIPublicationInfo") == 1;
        IReadOnlyList<PublicationPlace> places = fields.HasData ? fields.ReadListOrEmpty<PublicationPlace>(CrmfLimits.MaxPublications, "Places of publication") : [];
        fields.ThrowIfNotEmpty();
        return publish || places.Count == 0 ? new(publish, places) : throw new AsnContentException("dontPublish comes with places of publication."); // CMP-C-43
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger(PleasePublish ? 1 : 0);
            if (Places.Count > 0)
            {
                writer.WriteList(Places);
            }
        }
    }
}

/// <summary>One place of publication.</summary>
/// <param name="Method">How.</param>
/// <param name="Location">Where; null leaves it to the CA.</param>
/// <remarks>RFC 4211 §6.3: SinglePubInfo ::= SEQUENCE { pubMethod INTEGER, pubLocation GeneralName OPTIONAL }</remarks>
public sealed record PublicationPlace(PublicationMethod Method, GeneralName? Location = null) : IAsn1Value<PublicationPlace>
{
    /// <inheritdoc />
    public static PublicationPlace Decode(AsnReader reader)
    {
        AsnReader fields = reader.ReadSequence();
        var value = new PublicationPlace(
            (PublicationMethod)fields.ReadChoice((int)PublicationMethod.Ldap, "pubMethod"),
            fields.HasData ? GeneralName.Decode(fields) : null);
        fields.ThrowIfNotEmpty();
        return value;
    }

    /// <inheritdoc />
    public void Encode(AsnWriter writer)
    {
        using (writer.PushSequence())
        {
            writer.WriteInteger((int)Method);
            Location?.Encode(writer);
        }
    }
}

/// <summary>How a certificate is published (RFC 4211 §6.3: pubMethod).</summary>
public enum PublicationMethod
{
    /// <summary>In whichever way.</summary>
    Any = 0,

    /// <summary>In an X.500 directory.</summary>
    X500 = 1,

    /// <summary>On a web page.</summary>
    Web = 2,

    /// <summary>In an LDAP directory.</summary>
    Ldap = 3,
}
