using Pki.Protocols.X509;

namespace ScepRaServer.Operations;

/// <summary>What a PKI operation comes to, before it is written as a CertRep.</summary>
internal abstract record Decision
{
    private Decision()
    {
    }

    /// <summary>The name in log and metrics: from this closed list.</summary>
    public abstract string Outcome { get; }

    /// <summary>The certificates asked for, the issued one first.</summary>
    internal sealed record Certificates(IReadOnlyList<Certificate> InOrder) : Decision
    {
        public override string Outcome => "success";
    }

    /// <summary>The CRL asked for.</summary>
    internal sealed record Crl(CertificateList List) : Decision
    {
        public override string Outcome => "success";
    }

    /// <summary>Not yet; ask again.</summary>
    internal sealed record Pending : Decision
    {
        public static Pending Instance { get; } = new();

        public override string Outcome => "pending";
    }

    /// <summary>No.</summary>
    internal sealed record Failure(ScepFailure Why) : Decision
    {
        public override string Outcome => "failure";
    }

    /// <summary>The request could not be stored: no CertRep may say otherwise (SCEP.md H-17).</summary>
    internal sealed record Unavailable : Decision
    {
        public static Unavailable Instance { get; } = new();

        public override string Outcome => "unavailable";
    }
}
