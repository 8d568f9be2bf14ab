namespace Ca.Core.EndEntities;

/// <summary>Where an end entity stands (CA_CORE §7.2; numbers as in legacy databases).</summary>
public enum EndEntityStatus
{
    /// <summary>May enrol.</summary>
    New = 10,

    /// <summary>The last enrolment failed; may try again.</summary>
    Failed = 11,

    /// <summary>Imported only.</summary>
    Initialized = 20,

    /// <summary>A request is being worked on.</summary>
    InProcess = 30,

    /// <summary>Has its certificate.</summary>
    Generated = 40,

    /// <summary>Revoked with all its certificates.</summary>
    Revoked = 50,

    /// <summary>Imported only.</summary>
    Historical = 60,

    /// <summary>A key of this user is to be recovered.</summary>
    KeyRecovery = 70,
}
