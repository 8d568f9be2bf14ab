using Ca.Core.Storage;
using Pki.Protocols.Trust;
using Pki.Protocols.X509;

namespace Ca.Core.Cmp;

/// <summary>Combinations that cannot work are refused when they are saved, not when a device asks (CMP-A-40).</summary>
internal static class CmpAliasRules
{
    private const int MaxName = 32;
    private const int MaxPaths = 100;

    public static Refusal? Check(string name, CmpAlias alias, ConfigurationSnapshot snapshot) =>
        CheckName(name) ?? CheckPaths(alias) ?? CmpAliasReferences.Check(alias, snapshot) ?? CheckModules(alias, snapshot) ?? CheckResponder(alias, snapshot) ?? CheckNumbers(alias);

    private static Refusal? CheckName(string name) => IsName(name) ? null : No("The name of an alias has 1 to 32 characters out of A-Z a-z 0-9 _ . -");

    /// <summary>CMP-T-10: what a path may carry.</summary>
    private static bool IsName(string name) => name.Length is > 0 and <= MaxName && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '.' or '-');

    /// <summary>A name in a path leads to one alias, whoever asks (CMP-T-8).</summary>
    public static Refusal? CheckPathsAmong(string name, CmpAlias alias, IReadOnlyList<CmpAlias> others) =>
        others.Where(other => other.Name != name).FirstOrDefault(other => alias.Paths.ContainsKey(other.Name) || other.Paths.ContainsKey(name) || other.Paths.Keys.Any(alias.Paths.ContainsKey)) is { } taken
            ? new(RefusalCode.Conflict, $"A name of the alias or of its paths is one of the alias '{taken.Name}'.")
            : null;

    private static Refusal? CheckPaths(CmpAlias alias) =>
        alias.Paths.Count > MaxPaths || !alias.Paths.Keys.All(IsName) ? No($"paths has at most {MaxPaths} names of 1 to 32 characters out of A-Z a-z 0-9 _ . -")
        : alias.Paths.Values.FirstOrDefault(profile => profile.Length > 0 && !alias.Profiles.ContainsKey(profile)) is { } unknown ? No($"A path asks for '{unknown}', which is none of profiles.")
        : null;

    private static Refusal? CheckModules(CmpAlias alias, ConfigurationSnapshot snapshot)
    {
        if (alias.Authentication.Count == 0)
        {
            return No("An alias needs an authentication module.");
        }

        if (alias.UsernameAttribute != "DN" && NameAttributes.FindOid(alias.UsernameAttribute) is null)
        {
            return No("usernameAttribute is DN or an attribute of a subject.");
        }

        foreach (CmpAuthentication module in alias.Authentication)
        {
            if (module is { Module: CmpModule.RegTokenPwd, Parameter: not null } or { Module: CmpModule.Hmac, Parameter: not (null or CmpAuthentication.OfCa) })
            {
                return No("Hmac takes no parameter or -, RegTokenPwd none: pki cmp secret stores secrets.");
            }

            if (module is { Module: CmpModule.Hmac, Parameter: CmpAuthentication.OfCa } && alias.Mode != CmpMode.Ra)
            {
                return No("The secret of the CA, Hmac with -, is for RAs.");
            }

            if (module.Module is CmpModule.RegTokenPwd or CmpModule.DnPartPwd && alias.Mode != CmpMode.Client)
            {
                return No("RegTokenPwd and DnPartPwd are for end entities, in client mode.");
            }

            if (module is { Module: CmpModule.DnPartPwd } && NameAttributes.FindOid(module.Parameter ?? "") is null)
            {
                return No("DnPartPwd names the attribute of the subject that holds the enrolment code, UID for one.");
            }

            if (module is { Module: CmpModule.EndEntityCertificate, Parameter: { } ca } && (alias.Mode == CmpMode.Client || snapshot.FindCa(ca) is null))
            {
                return No("EndEntityCertificate names in RA mode a CA that exists, and nothing in client mode.");
            }

            if (module is { Module: CmpModule.EndEntityCertificate, Parameter: null } && alias is { Mode: CmpMode.Ra, OmitVerifications: false })
            {
                return No("EndEntityCertificate without a CA is in RA mode only for what comes in a wrapper: omitVerifications."); // CMP-A-8
            }
        }

        return alias.OmitVerifications && (alias.Mode != CmpMode.Ra || !alias.Operations.Contains(CmpOperation.Nested) || alias.Authentication.All(m => m.Module != CmpModule.EndEntityCertificate))
            ? No("omitVerifications is for RA mode with EndEntityCertificate and the operation nested.")
            : null;
    }

    private static Refusal? CheckResponder(CmpAlias alias, ConfigurationSnapshot snapshot)
    {
        if (alias.Responder is not { } responder)
        {
            return null;
        }

        if (!Certificate.FromPem(responder.Certificate).Succeeded(out Certificate? certificate, out _))
        {
            return No("The certificate of the responder cannot be read.");
        }

        return snapshot.FindCa(alias.OwnCaName)!.Certificate is var ca && certificate.Issuer.EncodedEquals(ca.Subject) && certificate.IsSignedBy(ca.PublicKey)
            && (certificate.KeyUsage ?? KeyUsages.DigitalSignature).HasFlag(KeyUsages.DigitalSignature)
                ? null
                : No("The certificate of the responder is not from the CA of the alias, or not for digital signatures.");
    }

    private static Refusal? CheckNumbers(CmpAlias alias) =>
        alias.ConfirmTimeout <= TimeSpan.Zero || alias.ConfirmTimeout > TimeSpan.FromDays(30) ? No("confirmTimeout must be positive and at most 30 days.")
        : alias.CheckAfter < TimeSpan.FromSeconds(1) || alias.CheckAfter > TimeSpan.FromDays(1) ? No("checkAfter must be 1 second to 1 day.")
        : alias.AnswerWithin < TimeSpan.Zero || alias.AnswerWithin > TimeSpan.FromHours(1) ? No("answerWithin must not be negative and at most 1 hour.")
        : alias.ClockSkew < TimeSpan.Zero ? No("clockSkew must not be negative.")
        : alias.MaxPbmIterations is < 100 or > 100_000 ? No("maxPbmIterations must be 100 to 100000.")
        : alias.MaxPbkdf2Iterations is < 1_000 or > 1_000_000 ? No("maxPbkdf2Iterations must be 1000 to 1000000.")
        : alias.MaxWrongSecrets < 0 || alias.LockoutTime <= TimeSpan.Zero || alias.LockoutTime > TimeSpan.FromDays(1) ? No("maxWrongSecrets must not be negative, lockoutTime positive and at most 1 day.")
        : alias.MaxMessageBytes is < 1024 or > 1024 * 1024 ? No("maxMessageBytes must be 1024 to 1048576.")
        : alias.AnswerMac is { PbmIterations: < 100 or > 100_000 } or { Pbkdf2Iterations: < 1_000 or > 1_000_000 } ? No("answerMac has pbmIterations of 100 to 100000 and pbkdf2Iterations of 1000 to 1000000.")
        : alias.MaxOpenTransactions < 1 ? No("maxOpenTransactions must be at least 1.")
        : null;

    private static Refusal No(string detail) => new(RefusalCode.PolicyViolation, detail);
}
