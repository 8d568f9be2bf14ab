namespace ExtRa.Messages.Contract;

/// <summary>A request that names an end entity and what it shall have: the user block of WIRE.md 7.3.</summary>
public abstract record UserRequest : Request, INamesUser
{
    /// <summary>Name of the end entity, at most 250 characters.</summary>
    public required string Username { get; init; }

    /// <summary>Subject DN as text, most specific attribute first (CA_CORE.md 2.1).</summary>
    public required string SubjectDn { get; init; }

    /// <summary>Subject alternative names as text, <c>dNSName=a.example,iPAddress=10.0.0.1</c>; null for none.</summary>
    public string? SubjectAltName { get; init; }

    /// <summary>E-mail address of the end entity; null for none.</summary>
    public string? Email { get; init; }

    /// <summary>Name of the end entity profile.</summary>
    public required string EndEntityProfileName { get; init; }

    /// <summary>Name of the certificate profile.</summary>
    public required string CertificateProfileName { get; init; }

    /// <summary>Name of the CA that shall issue.</summary>
    public required string CaName { get; init; }

    /// <summary>
    /// True: the end entity is added or edited to fit this request. False: it was registered before and its one-time
    /// secret must come with the request.
    /// </summary>
    public bool CreateOrEditUser { get; init; }
}
